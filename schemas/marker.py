"""Contract of the marker that a workbook handed back to its centre carries: which roster it mends."""

from dataclasses import dataclass

PROPERTY = "ioc-etl-mends"
"""Name of the workbook's custom document property; its text is `Marker.as_text()`."""

ROW_HEADER = "Dòng gốc (không sửa)"
"""Header of the column that carries, for each person, the row number in the roster that is mended."""


@dataclass(frozen=True, slots=True)
class Marker:
    """The roster that a returned workbook mends: its content's SHA-256, the month (2022-01) and centre it came for."""

    sha256: str
    month: str
    centre_code: str

    def as_text(self) -> str:
        """As the document property holds it."""
        return f"{self.sha256} {self.month} {self.centre_code}"
