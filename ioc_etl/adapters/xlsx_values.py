"""What a stored value of an xlsx cell says: the workbook's shared strings, date formats and calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ioc_etl.adapters.cell_text import boolean_text, is_error_text, iso_day, number_text, serial_text
from ioc_etl.adapters.number_formats import FixedWidth, may_have_lost, month_text
from ioc_etl.adapters.office_zip import DAMAGED
from ioc_etl.adapters.xlsx_text import plain_text
from ioc_etl.errors import UnreadableFileError


@dataclass(frozen=True, slots=True)
class CellValues:
    """Turns what stands in a cell's `<v>` into its text. `strings_by_index` are `strings` by what a cell writes."""

    strings: Sequence[str] = ()
    strings_by_index: Mapping[str, str] = field(default_factory=dict)
    date_styles: frozenset[str] = frozenset()
    month_styles: frozenset[str] = frozenset()
    fixed_widths: Mapping[str, FixedWidth] = field(default_factory=dict)
    legacy_fonts: Mapping[str, str] = field(default_factory=dict)
    counts_from_1904: bool = False

    @property
    def are_plain(self) -> bool:
        """Whether no cell needs a second look: no legacy fonts, no shared string that is an error."""
        return not self.legacy_fonts and not any(text[:1] in "#E" and is_error_text(text) for text in self.strings)

    def text(self, kind: str, style: str, stored: str) -> str:
        """The text of a stored value; `kind` is the cell's `t`, `style` its `s`."""
        if kind == "s":
            return self._shared(stored)
        if kind in {"", "n"}:
            if style in self.date_styles:
                day = serial_text(stored, counts_from_1904=self.counts_from_1904)
                return month_text(day) if style in self.month_styles else day
            digits = stored if stored.isdigit() else number_text(stored)
            width = self.fixed_widths.get(style) if self.fixed_widths else None
            return width.shown(digits) if width is not None and digits.isdecimal() else digits
        if kind == "b":
            return boolean_text(is_true=stored.strip() in {"1", "true"})
        if kind == "d":
            return iso_day(stored)
        return plain_text(stored)

    def may_have_lost(self, kind: str, style: str, text: str) -> bool:
        """Whether the cell of this text is a number that may have lost digits."""
        return kind in {"", "n"} and style not in self.date_styles and may_have_lost(text, self.fixed_widths.get(style))

    def _shared(self, stored: str) -> str:
        try:
            return self.strings[int(stored)]
        except (ValueError, IndexError) as error:
            raise UnreadableFileError(DAMAGED) from error
