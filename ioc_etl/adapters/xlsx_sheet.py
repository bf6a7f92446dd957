"""Any sheet of an xlsx file, through an XML parser: formulas, errors, hidden rows, rich text, legacy fonts."""

import re

from ioc_etl.adapters.legacy_text import check_fonts
from ioc_etl.adapters.office_zip import DAMAGED
from ioc_etl.adapters.safe_xml import XmlReader
from ioc_etl.adapters.sheet_grid import SheetGrid
from ioc_etl.adapters.xlsx_text import spreadsheet_text
from ioc_etl.adapters.xlsx_values import CellValues
from ioc_etl.errors import UnreadableFileError
from schemas.sheet_cells import SheetCells, column_index

_ADDRESS = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_RANGE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})")
_TRUE = frozenset({"1", "true"})


def any_sheet(content: bytes, values: CellValues, *, name: str, is_visible: bool) -> SheetCells:
    """The cells of a sheet.

    Raises:
        UnreadableFileError: damaged, or a cell beyond the limits.
        LegacyEncodingError: its cells are written in a legacy font.
    """
    reader = _SheetReader(values)
    reader.read(content)
    check_fonts(reader.legacy_texts)
    return reader.grid.sheet(name, is_visible=is_visible)


class _SheetReader(XmlReader):
    """Rows and cells without an address stand after the one before them."""

    def __init__(self, values: CellValues) -> None:
        super().__init__()
        self.grid = SheetGrid()
        self.legacy_texts: list[tuple[str, str]] = []
        self._values = values
        self._row, self._column = 0, -1
        self._attributes: dict[str, str] = {}
        self._reads = ""
        self._hints = 0
        self._forget()

    def _forget(self) -> None:
        self._stored: list[str] | None = None
        self._inline: list[str] | None = None
        self._has_formula = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._start_row(attributes)
        elif name == "c":
            self._start_cell(attributes)
        elif name == "f":
            self._has_formula = True
        elif name == "v":
            self._stored = []
        elif name == "is":
            self._inline = []
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif name == "col":
            self._column_format(attributes)
        self._hints += name == "rPh"
        self._reads = name

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = _number(attributes["r"]) if "r" in attributes else self._row + 1
        self._column = -1
        if attributes.get("hidden") in _TRUE or _is_flat(attributes):
            self.grid.hide(self._row)

    def _column_format(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in _TRUE or _is_nothing(attributes.get("width")):
            self.grid.hide_columns(_number(attributes.get("min", "")) - 1, _number(attributes.get("max", "")) - 1)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._forget()
        self._attributes = attributes
        if "r" not in attributes:
            self._column += 1
            return
        address = _ADDRESS.fullmatch(attributes["r"])
        if address is None:
            raise UnreadableFileError(DAMAGED)
        self._column, self._row = column_index(address[1].upper()), int(address[2])

    def _merge(self, reference: str) -> None:
        corners = _RANGE.fullmatch(reference)
        if corners is not None:
            left, right = column_index(corners[1]), column_index(corners[3])
            self.grid.merge(int(corners[2]), int(corners[4]), left, right)

    def text(self, text: str) -> None:
        if self._reads == "v" and self._stored is not None:
            self._stored.append(text)
        elif self._reads == "t" and self._inline is not None and not self._hints:
            self._inline.append(text)

    def end(self, name: str) -> None:
        self._hints -= name == "rPh"
        self._reads = ""
        if name == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        kind, style = self._attributes.get("t", ""), self._attributes.get("s", "")
        stored = "".join(self._stored) if self._stored is not None else None
        if kind == "e" or (self._has_formula and _has_no_value(kind, stored)):
            self.grid.fail(self._row, self._column)
            return
        text = spreadsheet_text("".join(self._inline)) if self._inline is not None else ""
        if not text and stored:
            text = spreadsheet_text(stored) if kind == "str" else self._values.text(kind, style, stored)
        self.grid.put(self._row, self._column, text)
        if self._inline is None and self._values.may_have_lost(kind, style, text):
            self.grid.number(self._row, self._column)
        if text and (font := self._values.legacy_fonts.get(style)):
            self.legacy_texts.append((font, text))


def _has_no_value(kind: str, stored: str | None) -> bool:
    """A formula that was never calculated. An empty text (`str`) is a value: that formula gave nothing."""
    return stored is None or (stored == "" and kind != "str")


def _number(text: str) -> int:
    if not text.isdecimal():
        raise UnreadableFileError(DAMAGED)
    return int(text)


def _is_flat(row: dict[str, str]) -> bool:
    """A row that was pulled shut has no height; some programs then say of it only that it has one of its own."""
    height = row.get("ht")
    return _is_nothing(height) or (height is None and row.get("customHeight") in _TRUE)


def _is_nothing(size: str | None) -> bool:
    return size is not None and size.strip("0.") == ""
