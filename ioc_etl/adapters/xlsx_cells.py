"""xlsx and xlsm: the cells of a workbook.

Read here and not by a library, for three reasons that were measured: the libraries in Rust allocate the whole
rectangle and abort the process on one cell at XFD1048576; none tells a formula without a stored value from an empty
cell, or where its first row stood; and a plain sheet is read in half their time. What every program writes (one
element after the other, a value in each) goes through one expression that must account for every tag of the sheet;
whatever it does not account for goes through an XML parser. Tests hold both against openpyxl.
"""

from collections.abc import Iterator

from ioc_etl.adapters.document_marker import xlsx_marker
from ioc_etl.adapters.legacy_text import check_content
from ioc_etl.adapters.office_zip import OfficeZip
from ioc_etl.adapters.xlsx_parts import CellStyles, SheetPart, WorkbookParts, cell_styles, workbook_parts
from ioc_etl.adapters.xlsx_plain import NotPlainError, plain_sheet
from ioc_etl.adapters.xlsx_sheet import any_sheet
from ioc_etl.adapters.xlsx_text import shared_strings
from ioc_etl.adapters.xlsx_values import CellValues
from ioc_etl.errors import UnreadableFileError
from schemas.sheet_cells import SheetCells, WorkbookCells


def xlsx_workbook(archive: OfficeZip) -> WorkbookCells:
    """The worksheets of a workbook.

    Raises:
        UnreadableFileError: damaged, password-protected or beyond the limits.
        LegacyEncodingError: its cells are written in TCVN3 or VNI.
    """
    parts = workbook_parts(archive)
    if not parts.sheets:
        raise UnreadableFileError("tệp không có trang tính nào")
    values = _values(archive, parts)
    return WorkbookCells("xlsx", tuple(_sheets(archive, parts, values)), marker=xlsx_marker(archive))


def _values(archive: OfficeZip, parts: WorkbookParts) -> CellValues:
    styles = cell_styles(archive.read(parts.styles_path)) if parts.styles_path else CellStyles()
    strings: list[str] = []
    if parts.strings_path:
        content = archive.read(parts.strings_path)
        check_content(content)
        strings = shared_strings(content)
    return CellValues(
        strings=strings,
        strings_by_index=dict(zip(map(str, range(len(strings))), strings, strict=True)),
        date_styles=styles.dates,
        month_styles=styles.months,
        fixed_widths=styles.fixed_widths,
        legacy_fonts=styles.legacy_fonts,
        counts_from_1904=parts.counts_from_1904,
    )


def _sheets(archive: OfficeZip, parts: WorkbookParts, values: CellValues) -> Iterator[SheetCells]:
    are_plain = values.are_plain
    for part in parts.sheets:
        content = archive.read(part.path)
        check_content(content)
        yield _sheet(content, part, values, are_plain=are_plain)


def _sheet(content: bytes, part: SheetPart, values: CellValues, *, are_plain: bool) -> SheetCells:
    if are_plain:
        try:
            return plain_sheet(content, values, name=part.name, is_visible=part.is_visible)
        except NotPlainError:
            pass
    return any_sheet(content, values, name=part.name, is_visible=part.is_visible)
