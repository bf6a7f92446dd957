"""Contract of the marker that a workbook handed back to its centre carries: which roster it mends."""

import re
from dataclasses import dataclass

PROPERTY = "ioc-etl-mends"
"""Name of the workbook's custom document property; its text is `Marker.as_text()`."""

ROW_HEADER = "Dòng gốc (không sửa)"
"""Header of the column that carries, for each person, the row number in the roster that is mended."""

COVER_TITLE = "Cần sửa"
"""Title of the sheet that we put before the sender's own."""

COVER_HEADING = "PHIẾU TRẢ DANH SÁCH ĐỂ SỬA"
"""What stands in the first cell of that sheet: by it, and not by its title, the sheet is known for ours."""

_TEXT = re.compile(r"([0-9a-f]{64}) ([0-9]{4}-[0-9]{2}) ([a-z0-9][a-z0-9-]*)")


@dataclass(frozen=True, slots=True)
class Marker:
    """The roster that a returned workbook mends: its content's SHA-256, the month (2022-01) and centre it came for."""

    sha256: str
    month: str
    centre_code: str

    def as_text(self) -> str:
        """As the document property holds it."""
        return f"{self.sha256} {self.month} {self.centre_code}"

    @classmethod
    def from_text(cls, text: str) -> "Marker | None":
        """What `as_text` wrote, or None when the text is no marker of ours."""
        parts = _TEXT.fullmatch(text.strip())
        return cls(parts[1], parts[2], parts[3]) if parts else None
