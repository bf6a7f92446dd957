"""Bad cells coloured and commented where they stand, in the sender's own workbook.

What we mark is known for ours when the workbook is handed back again: a comment by its heading, a colour by its shade.
"""

import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.reports.hand_back_source import cells_of
from ioc_etl.reports.terms import SEVERITY
from ioc_etl.reports.workbook_style import lines_needed
from schemas.returned import RosterTable, ToldFinding
from schemas.vocabulary import FindingCode, Severity

AUTHOR = "ioc-etl"
COMMENT_HEADING = "— Trả lại để sửa —"
# One step beside the colours that a spreadsheet program offers, so that no sender's own colour is taken for ours.
_SHADES = {Severity.BLOCK: "FFF8CBAE", Severity.WARN: "FFFFF2CD"}
_RANK = {Severity.BLOCK.value: 0, Severity.WARN.value: 1}
_NAMING = ("row_no", "full_name", "citizen_id")
_ABOUT_A_CELL = frozenset({FindingCode.TOTAL_MISMATCH})
_ABOUT_COLUMNS = frozenset({FindingCode.COLUMN_AMBIGUOUS, FindingCode.COLUMN_UNKNOWN})
_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_COLUMNS = re.compile(r"[A-Z]{1,3}(?:, [A-Z]{1,3})*")
_WIDTH_PIXELS, _LINE_PIXELS, _LETTERS_PER_LINE = 380, 17, 58
_HIGHEST_PIXELS = 420


def fill_of(severity: str) -> PatternFill | None:
    """The colour of a severity, None where there is nothing to mend."""
    shade = _SHADES.get(Severity(severity))
    return PatternFill("solid", fgColor=shade) if shade else None


def rank(finding: ToldFinding) -> int:
    """What blocks stands first."""
    return _RANK.get(finding.severity, len(_RANK))


def cells_about(finding: ToldFinding, table: RosterTable | None) -> list[str]:
    """The addresses of the cells that a finding is about, on the sheet of the table; none where it names none."""
    if table is None:
        return []
    if finding.cell:
        return [finding.cell]
    if finding.source_row is not None:
        letters = table.letters_at(finding.source_row)
        letter = next((letters[name] for name in _NAMING if name in letters), None)
        return [f"{letter}{finding.source_row}"] if letter else []
    if finding.code in _ABOUT_A_CELL and finding.place and _CELL.fullmatch(finding.place):
        return [finding.place]
    if finding.code in _ABOUT_COLUMNS and finding.place and _COLUMNS.fullmatch(finding.place):
        return [f"{letter}{table.header_row}" for letter in finding.place.split(", ")]
    return []


def mark(sheet: Worksheet, findings: Iterable[ToldFinding], table: RosterTable) -> None:
    """Colours and comments every cell that a finding is about; several findings of a cell are one comment."""
    by_cell: dict[str, list[ToldFinding]] = {}
    for finding in sorted(findings, key=rank):
        for address in cells_about(finding, table):
            by_cell.setdefault(_first_of_merge(sheet, address), []).append(finding)
    for address, found in by_cell.items():
        cell = sheet[address]
        if isinstance(cell, Cell):
            fill = fill_of(found[0].severity)
            if fill is not None:
                cell.fill = fill
            cell.comment = _comment(cell.comment, found)


def _first_of_merge(sheet: Worksheet, address: str) -> str:
    """The cell that shows what stands in a merged one."""
    for area in sheet.merged_cells.ranges:
        if address in area:
            return area.start_cell.coordinate if area.start_cell else address
    return address


def _comment(existing: Comment | None, findings: Sequence[ToldFinding]) -> Comment:
    """The cell's own comment first, then ours."""
    ours = "\n\n".join([COMMENT_HEADING, *map(_told, findings)])
    before = f"{existing.text.rstrip()}\n\n" if existing is not None and existing.text.strip() else ""
    author = existing.author if existing is not None and existing.author else AUTHOR
    return _fitted(Comment(before + ours, author))


def _told(finding: ToldFinding) -> str:
    word = SEVERITY[Severity(finding.severity)]
    return f"{word}: {finding.message_vi}\nCăn cứ: {finding.legal_basis}\nCách sửa: {finding.how_to_fix_vi}"


def _fitted(comment: Comment) -> Comment:
    """A box as high as its text: spreadsheet programs do not do it by themselves."""
    lines = lines_needed(comment.text, _LETTERS_PER_LINE)
    comment.width, comment.height = _WIDTH_PIXELS, min((lines + 1) * _LINE_PIXELS, _HIGHEST_PIXELS)
    return comment


def take_marks_off(workbook: Workbook) -> None:
    """Takes off what an earlier hand-back marked; the sender's own comments and colours stay."""
    for sheet in workbook.worksheets:
        for cell in cells_of(sheet):
            if cell.comment is not None and COMMENT_HEADING in cell.comment.text:
                own = cell.comment.text.partition(COMMENT_HEADING)[0].rstrip()
                cell.comment = _fitted(Comment(own, cell.comment.author)) if own else None
            if cell.has_style and cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in _SHADES.values():
                cell.fill = PatternFill()
