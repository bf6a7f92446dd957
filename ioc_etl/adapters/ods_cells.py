"""ods: the cells of a workbook that LibreOffice or another office program wrote.

Read here and not by a library: the format repeats cells and rows by a number, which a library unrolls before anyone
can say no, and hidden rows and failed formulas are told by attributes that libraries pass over.
"""

import re

from ioc_etl.adapters.cell_text import boolean_text, iso_day, number_text, time_text
from ioc_etl.adapters.document_marker import ods_marker
from ioc_etl.adapters.legacy_text import check_content, check_fonts, is_legacy_font
from ioc_etl.adapters.number_formats import FixedWidth, may_have_lost, month_text
from ioc_etl.adapters.office_limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_SHEETS, check_cells
from ioc_etl.adapters.office_zip import DAMAGED, LOCKED, OfficeZip
from ioc_etl.adapters.safe_xml import XmlReader, local_name
from ioc_etl.adapters.sheet_grid import SheetGrid
from ioc_etl.errors import UnreadableFileError
from schemas.sheet_cells import SheetCells, WorkbookCells
from schemas.text import fold

_MANIFEST = "META-INF/manifest.xml"
_CONTENT = "content.xml"
_NUMBERS = frozenset({"float", "currency", "percentage"})
_CELLS = frozenset({"table-cell", "covered-table-cell"})
_NO_SIZE = re.compile(r"0+(?:\.0+)?[a-z]*")
_BETWEEN_DIGITS = re.compile(r"[ .\-\u00a0]")
_SHOWN_MONTH = re.compile(r"(?:[^0-9]*\s)?(?:thang|ky(?: chi| luong)?)\s*:?\s*[0-9]{1,2}(?:\s|[/.,\-]|nam)*[0-9]{2,4}")
_OUTSIDE_TEXT = frozenset({"annotation", "shapes", "forms", "tracked-changes"})


def ods_workbook(archive: OfficeZip) -> WorkbookCells:
    """The sheets of a workbook.

    Raises:
        UnreadableFileError: damaged, password-protected or beyond the limits.
        LegacyEncodingError: its cells are written in TCVN3 or VNI.
    """
    if _MANIFEST in archive and b"encryption-data" in archive.read(_MANIFEST):
        raise UnreadableFileError(LOCKED)
    content = archive.read(_CONTENT)
    check_content(content)
    reader = _ContentReader()
    reader.read(content)
    check_fonts(reader.legacy_texts)
    if not reader.sheets:
        raise UnreadableFileError("tệp không có trang tính nào")
    return WorkbookCells("ods", tuple(reader.sheets), marker=ods_marker(archive))


class _ContentReader(XmlReader):
    """One sheet after the other; styles come before the sheets that use them."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[SheetCells] = []
        self.legacy_texts: list[tuple[str, str]] = []
        self._hidden_styles: set[str] = set()
        self._legacy_styles: dict[str, str] = {}
        self._style = ""
        self._flat_styles: set[str] = set()
        self._number_format = ""
        self._widths: dict[str, FixedWidth] = {}
        self._width_of_style: dict[str, FixedWidth] = {}
        self._grid: SheetGrid | None = None
        self._sheet_name, self._is_visible = "", True
        self._row, self._rows_alike, self._is_row_hidden = 0, 1, False
        self._column, self._put = 0, 0
        self._cell: dict[str, str] = {}
        self._row_cells: list[tuple[int, str | None]] = []
        self._row_numbers: list[int] = []
        self._columns = 0
        self._paragraphs: list[str] = []
        self._is_text, self._outside = False, 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._outside += name in _OUTSIDE_TEXT
        if self._grid is None:
            self._start_outside_table(name, attributes)
        elif name == "table-column":
            self._start_column({local_name(key): value for key, value in attributes.items()})
        elif name == "table-row":
            self._start_row({local_name(key): value for key, value in attributes.items()})
        elif name in _CELLS:
            self._cell = {local_name(key): value for key, value in attributes.items()}
            self._paragraphs = []
        elif not self._outside:
            self._start_text(name, attributes)

    def _start_outside_table(self, name: str, attributes: dict[str, str]) -> None:
        values = {local_name(key): value for key, value in attributes.items()}
        if name == "style":
            self._style = values.get("name", "")
            if (width := self._widths.get(values.get("data-style-name", ""))) is not None:
                self._width_of_style[self._style] = width
        elif name == "number-style":
            self._number_format = values.get("name", "")
        elif name == "number":
            self._start_number(values)
        elif name in {"table-row-properties", "table-column-properties"}:
            sizes = (values.get("row-height"), values.get("column-width"))
            if any(size is not None and _NO_SIZE.fullmatch(size) for size in sizes):
                self._flat_styles.add(self._style)
        elif name == "table-properties" and values.get("display") == "false":
            self._hidden_styles.add(self._style)
        elif name == "text-properties" and is_legacy_font(values.get("font-name", "").strip("'")):
            self._legacy_styles[self._style] = values["font-name"]
        elif name == "table" and not self._outside:
            self._grid = SheetGrid()
            self._sheet_name = values.get("name", "")
            self._is_visible = values.get("style-name") not in self._hidden_styles
            self._row, self._columns = 0, 0

    def _start_number(self, values: dict[str, str]) -> None:
        digits = values.get("min-integer-digits", "0")
        if digits.isdecimal() and int(digits) > 1 and values.get("decimal-places", "0") == "0":
            self._widths[self._number_format] = FixedWidth("", min(int(digits), MAX_COLUMNS))

    def _start_column(self, values: dict[str, str]) -> None:
        repeated = _times(values.get("number-columns-repeated"))
        is_hidden = values.get("visibility", "visible") != "visible" or values.get("style-name") in self._flat_styles
        if is_hidden and self._grid is not None:
            self._grid.hide_columns(self._columns, self._columns + repeated - 1)
        self._columns += repeated

    def _start_row(self, values: dict[str, str]) -> None:
        self._rows_alike = _times(values.get("number-rows-repeated"))
        self._is_row_hidden = (
            values.get("visibility", "visible") != "visible" or values.get("style-name") in self._flat_styles
        )
        self._column = 0
        self._row_cells = []
        self._row_numbers = []

    def _start_text(self, name: str, attributes: dict[str, str]) -> None:
        if name == "p":
            self._paragraphs.append("")
            self._is_text = True
        elif self._is_text and name == "s":
            values = {local_name(key): value for key, value in attributes.items()}
            self._paragraphs[-1] += " " * min(_times(values.get("c")), MAX_COLUMNS)
        elif self._is_text and name in {"tab", "line-break"}:
            self._paragraphs[-1] += "\t" if name == "tab" else "\n"

    def text(self, text: str) -> None:
        if self._is_text and not self._outside:
            self._paragraphs[-1] += text

    def end(self, name: str) -> None:
        self._outside -= name in _OUTSIDE_TEXT
        if self._outside or self._grid is None:
            return
        if name == "p":
            self._is_text = False
        elif name in _CELLS:
            self._end_cell(is_covered=name != "table-cell")
        elif name == "table-row":
            self._end_row(self._grid)
        elif name == "table":
            self._end_table(self._grid)

    def _end_cell(self, *, is_covered: bool) -> None:
        repeated = _times(self._cell.get("number-columns-repeated"))
        shown = "\n".join(self._paragraphs)
        text = _cell_text(self._cell, shown)
        if text and self._cell.get("value-type") in _NUMBERS:
            text = self._number(text, shown, range(self._column, self._column + min(repeated, MAX_COLUMNS + 1)))
        if text != "" and not is_covered:
            self._merge()
            columns = range(self._column, self._column + min(repeated, MAX_COLUMNS + 1))
            self._row_cells.extend((column, text) for column in columns)
            if text and (font := self._legacy_styles.get(self._cell.get("style-name", ""))):
                self.legacy_texts.append((font, text))
        self._column += repeated

    def _number(self, text: str, shown: str, columns: range) -> str:
        """A number as its cell shows it; where it may have lost digits, that is noted of these columns."""
        width = self._width_of_style.get(self._cell.get("style-name", ""))
        digits = _BETWEEN_DIGITS.sub("", shown)
        if width is None and digits.startswith("0") and digits.isdecimal() and digits.lstrip("0") == text:
            width = FixedWidth("", len(digits))
        if width is not None and text.isdecimal():
            text = width.shown(text)
        if may_have_lost(text, width):
            self._row_numbers.extend(columns)
        return text

    def _merge(self) -> None:
        rows, columns = (_times(self._cell.get(f"number-{kind}-spanned")) for kind in ("rows", "columns"))
        if self._grid is not None:
            self._grid.merge(self._row + 1, self._row + rows, self._column, self._column + columns - 1)

    def _end_row(self, grid: SheetGrid) -> None:
        if self._row_cells:
            alike = min(self._rows_alike, MAX_ROWS + 1)
            self._put += alike * len(self._row_cells)
            check_cells(self._put)
            for row_number in range(self._row + 1, self._row + 1 + alike):
                _put_row(grid, row_number, self._row_cells, is_hidden=self._is_row_hidden)
                for column in self._row_numbers:
                    grid.number(row_number, column)
        self._row += self._rows_alike

    def _end_table(self, grid: SheetGrid) -> None:
        self.sheets.append(grid.sheet(self._sheet_name, is_visible=self._is_visible))
        self._grid = None
        if len(self.sheets) > MAX_SHEETS:
            raise UnreadableFileError(f"có hơn {MAX_SHEETS} trang tính")


def _put_row(grid: SheetGrid, row_number: int, cells: list[tuple[int, str | None]], *, is_hidden: bool) -> None:
    for column, text in cells:
        if text is None:
            grid.fail(row_number, column)
        else:
            grid.put(row_number, column, text)
    if is_hidden:
        grid.hide(row_number)


def _cell_text(cell: dict[str, str], shown: str) -> str | None:
    """The text of a cell; None when it is a failed formula or a formula without a stored value."""
    kind = cell.get("value-type", "")
    if kind in _NUMBERS:
        return number_text(cell.get("value", shown))
    if kind == "date":
        day = iso_day(cell.get("date-value", shown))
        return month_text(day) if _SHOWN_MONTH.fullmatch(fold(shown)) else day
    if kind == "boolean":
        return boolean_text(is_true=cell.get("boolean-value") == "true")
    if kind == "time":
        return _time(cell.get("time-value", "")) or shown
    has_formula = "formula" in cell
    if (has_formula and kind == "" and not shown) or (has_formula and kind == "" and shown.startswith("#")):
        return None
    return shown or cell.get("string-value", "")


def _time(duration: str) -> str | None:
    """`PT08H30M00S` as `08:30:00`."""
    digits = duration.removeprefix("PT").replace("H", " ").replace("M", " ").replace("S", "").split()
    if len(digits) != 3 or not all(part.split(".")[0].isdecimal() for part in digits):
        return None
    hours, minutes, seconds = (int(float(part)) for part in digits)
    return time_text(hours * 3600 + minutes * 60 + seconds)


def _times(repeated: str | None) -> int:
    if repeated is None:
        return 1
    if not repeated.isdecimal() or not 1 <= int(repeated) <= MAX_CELLS:
        raise UnreadableFileError(DAMAGED)
    return int(repeated)
