"""The impact tables as a workbook to print, in Vietnamese.

Sheet `Tác động` holds the tables; sheet `Đối chiếu` the printed figures, where the source prints the same tables.
"""

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.reports.impact_phrases import base_salary_line, difference_text, group_label, notes, scenario_title
from ioc_etl.reports.impact_rows import TableRow, blocks
from ioc_etl.reports.impact_words import VIETNAMESE as WORDS
from ioc_etl.reports.workbook_style import (
    BODY,
    BOLD,
    CENTRED,
    GROUP_FILL,
    HEADER_FILL,
    ITALIC,
    LEFT,
    MONEY_FORMAT,
    RIGHT,
    TITLE,
    body_cell,
    box,
    fit_height,
    lines_needed,
    new_workbook,
    print_on_a4_landscape,
    set_widths,
    text_at,
    workbook_bytes,
)
from schemas.impact import ImpactScenario, ImpactTables

SHEET = "Tác động"
CHECKS_SHEET = "Đối chiếu"

_WIDTHS = {"A": 36, "B": 8, "C": 13, "D": 16, "E": 17, "F": 9, "G": 11, "H": 16, "I": 17, "J": 15}
_COLUMNS = len(_WIDTHS)
_TEXT_WIDTH = 1.2 * sum(_WIDTHS.values())  # over a whole page, words fill lines better than in a narrow column
_LINE_POINTS = 16.0
_HEADER_POINTS = 34.0
_CHECK_WIDTHS = {"A": 52, "B": 26, "C": 20, "D": 20, "E": 12}


def impact_workbook(tables: ImpactTables) -> bytes:
    """The workbook as xlsx bytes; the same tables give the same bytes."""
    title = WORDS.title.format(year=tables.year)
    workbook = new_workbook(title)
    _add_tables(workbook, tables, title)
    if tables.checks:
        _add_checks(workbook, tables)
    return workbook_bytes(workbook)


def _add_tables(workbook: Workbook, tables: ImpactTables, title: str) -> None:
    sheet = workbook.create_sheet(SHEET)
    set_widths(sheet, _WIDTHS)
    text_at(sheet, 1, 1, title, font=TITLE, alignment=CENTRED, merge_to=_COLUMNS)
    text_at(sheet, 2, 1, WORDS.subtitle, font=BOLD, alignment=CENTRED, merge_to=_COLUMNS)
    text_at(sheet, 3, 1, base_salary_line(WORDS, tables), alignment=CENTRED, merge_to=_COLUMNS)
    text_at(sheet, 4, 1, WORDS.unit, font=ITALIC, alignment=RIGHT, merge_to=_COLUMNS)
    row = 5
    for number, scenario in enumerate(tables.scenarios, start=1):
        text_at(
            sheet,
            row,
            1,
            WORDS.table.format(number=number, title=scenario_title(WORDS, scenario)),
            font=BOLD,
            merge_to=_COLUMNS,
        )
        row = _add_table(sheet, row + 1, scenario) + 1
    if tables.differences:
        told = (difference_text(difference, "vi") for difference in tables.differences)
        texts = [f"{number}. {text}" for number, text in enumerate(told, start=1)]
        row = _add_texts(sheet, row, WORDS.differences, texts) + 1
    _add_texts(sheet, row, WORDS.notes, [f"- {note}" for note in notes(WORDS, tables)])
    print_on_a4_landscape(sheet, title_rows=None, footer=title, mark=WORDS.draft if tables.is_draft else "")


def _add_table(sheet: Worksheet, row: int, scenario: ImpactScenario) -> int:
    """Write one table from `row` on; returns the row after it."""
    first = row
    _add_header(sheet, row, several=len(scenario.periods) > 1)
    box(sheet, row, row + 1, _COLUMNS, fill=HEADER_FILL)
    row += 2
    for block in blocks(WORDS, scenario):
        text_at(sheet, row, 1, block.title, font=ITALIC, merge_to=_COLUMNS)
        box(sheet, row, row, _COLUMNS, fill=GROUP_FILL)
        row += 1
        for table_row in block.rows:
            _add_row(sheet, row, table_row)
            row += 1
    box(sheet, first, row - 1, _COLUMNS)
    return row


def _add_header(sheet: Worksheet, row: int, *, several: bool) -> None:
    span = WORDS.span_column if several else WORDS.year_column
    _merged_down(sheet, row, 1, WORDS.item)
    text_at(sheet, row, 2, WORDS.printed_method, font=BOLD, alignment=CENTRED, merge_to=5)
    text_at(sheet, row, 6, WORDS.own_method, font=BOLD, alignment=CENTRED, merge_to=9)
    _merged_down(sheet, row, _COLUMNS, WORDS.difference_column)
    for column, name in enumerate(WORDS.wide_columns, start=2):
        text_at(sheet, row + 1, column, name.format(span=span), font=BOLD, alignment=CENTRED)
    sheet.row_dimensions[row].height = _LINE_POINTS + 4
    sheet.row_dimensions[row + 1].height = _HEADER_POINTS


def _merged_down(sheet: Worksheet, row: int, column: int, text: str) -> None:
    text_at(sheet, row, column, text, font=BOLD, alignment=CENTRED)
    sheet.merge_cells(start_row=row, end_row=row + 1, start_column=column, end_column=column)


def _add_row(sheet: Worksheet, row: int, table_row: TableRow) -> None:
    font = BOLD if table_row.is_total else BODY
    text_at(sheet, row, 1, table_row.label, font=font)
    numbers = (
        table_row.posts,
        table_row.per_person_vnd,
        table_row.printed_month_vnd,
        table_row.printed_span_vnd,
        table_row.direct_posts,
        table_row.indirect_posts,
        table_row.own_month_vnd,
        table_row.own_span_vnd,
        table_row.difference_vnd,
    )
    for column, number in enumerate(numbers, start=2):
        _put_number(sheet, row, column, number, font)
    fit_height(sheet, row, {"A": table_row.label})


def _put_number(sheet: Worksheet, row: int, column: int, number: int | None, font: Font) -> None:
    cell = body_cell(sheet, row, column)
    cell.value = number
    cell.number_format = MONEY_FORMAT
    cell.font = font
    cell.alignment = RIGHT


def _add_texts(sheet: Worksheet, row: int, heading: str, texts: list[str]) -> int:
    text_at(sheet, row, 1, heading, font=BOLD, merge_to=_COLUMNS)
    for text in texts:
        row += 1
        text_at(sheet, row, 1, text, alignment=Alignment(vertical="top", wrap_text=True), merge_to=_COLUMNS)
        sheet.row_dimensions[row].height = _LINE_POINTS * lines_needed(text, _TEXT_WIDTH)
    return row + 1


def _add_checks(workbook: Workbook, tables: ImpactTables) -> None:
    sheet = workbook.create_sheet(CHECKS_SHEET)
    set_widths(sheet, _CHECK_WIDTHS)
    text_at(sheet, 1, 1, WORDS.checks, font=TITLE, alignment=CENTRED, merge_to=len(_CHECK_WIDTHS))
    text_at(sheet, 2, 1, tables.source, font=ITALIC, alignment=LEFT, merge_to=len(_CHECK_WIDTHS))
    sheet.row_dimensions[2].height = _LINE_POINTS * lines_needed(tables.source, sum(_CHECK_WIDTHS.values()))
    for column, name in enumerate(WORDS.check_columns, start=1):
        text_at(sheet, 4, column, name, font=BOLD, alignment=CENTRED)
    box(sheet, 4, 4, len(_CHECK_WIDTHS), fill=HEADER_FILL)
    by_kind = {scenario.kind: scenario for scenario in tables.scenarios}
    for row, check in enumerate(tables.checks, start=5):
        agrees = check.printed == check.counted
        font = BODY if agrees else BOLD
        label = group_label(WORDS, by_kind[check.scenario], check.group, with_names=False)
        text_at(sheet, row, 1, label, font=font)
        text_at(sheet, row, 2, WORDS.measures[check.measure], font=font)
        _put_number(sheet, row, 3, check.printed, font)
        _put_number(sheet, row, 4, check.counted, font)
        text_at(sheet, row, 5, WORDS.agrees if agrees else WORDS.disagrees, font=font, alignment=CENTRED)
        fit_height(sheet, row, {"A": label})
    box(sheet, 5, 4 + len(tables.checks), len(_CHECK_WIDTHS))
    mark = WORDS.draft if tables.is_draft else ""
    print_on_a4_landscape(sheet, title_rows="4:4", footer=WORDS.title.format(year=tables.year), mark=mark)
