"""A centre's roster as it goes back to it: the sender's own workbook with its faults marked, to be mended in place.

Source: rulebook section 6, partial rosters.
"""

from openpyxl import Workbook

from ioc_etl.reports.hand_back_cover import add_cover
from ioc_etl.reports.hand_back_marks import mark, take_marks_off
from ioc_etl.reports.hand_back_people import put_people, put_total
from ioc_etl.reports.hand_back_rows import put_marker, put_row_numbers, take_cover_off
from ioc_etl.reports.hand_back_source import repair, senders_workbook, workbook_of_cells
from ioc_etl.reports.workbook_style import workbook_bytes
from schemas.returned import Return
from schemas.sheet_cells import WorkbookCells


def returned_workbook(given: Return, *, own: bytes | None, cells: WorkbookCells | None) -> bytes:
    """The workbook as xlsx bytes; the same input gives the same bytes.

    `own` are the bytes of the sender's own xlsx, else `cells` what was read of a file of another kind. With a note the
    findings are marked and our sheet stands first; without one it is the same workbook unmarked, with `people` put in.
    """
    workbook = senders_workbook(own) if own is not None else _of_cells(given, cells)
    repair(workbook, given.repairs)
    sheet = workbook.worksheets[given.table.sheet] if given.table is not None else None
    take_marks_off(workbook)
    take_cover_off(workbook)
    if sheet is not None and given.table is not None:
        put_row_numbers(sheet, given.table)
        put_people(sheet, given.table, given.people)
        if given.total is not None:
            put_total(sheet, *given.total)
    put_marker(workbook, given.marker)
    if given.note is not None:
        if sheet is not None and given.table is not None:
            mark(sheet, given.findings, given.table)
        add_cover(workbook, given.note, given.findings, table=given.table, sheet=sheet)
    return workbook_bytes(workbook)


def _of_cells(given: Return, cells: WorkbookCells | None) -> Workbook:
    return workbook_of_cells(cells or WorkbookCells("csv"), given.table)
