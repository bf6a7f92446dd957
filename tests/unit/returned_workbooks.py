"""Workbooks on their way back to their sender, for tests: made of a file's bytes and opened again."""

import warnings
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.core.returned_cells import repairs, table_of
from ioc_etl.core.sheet import RosterReading
from ioc_etl.reports.hand_back import returned_workbook
from schemas.marker import Marker
from schemas.returned import CoverNote, PersonCells, Return, ToldFinding
from tests.unit.rosters import read

MONTH = date(2022, 1, 1)
MARKER = Marker("c" * 64, "2022-01", "dong-xoai")
NOTE = CoverNote(
    centre_name="Trung tâm Điều hành thông minh thành phố Đồng Xoài",
    month=MONTH,
    sent_as="dong-xoai.xlsx",
    send_as="dong-xoai.xlsx",
    is_refused=False,
    outcomes={"paid": 2, "held": 1},
    held_rows=(3,),
)


def finding(**difference: Any) -> ToldFinding:
    """A row's finding that stops the row, with what a test makes different."""
    told: dict[str, Any] = {
        "code": "ID_INVALID",
        "level": "row",
        "severity": "block",
        "message_vi": "Số căn cước không hợp lệ: 070******003.",
        "how_to_fix_vi": "Nhập lại đủ 12 chữ số.",
        "legal_basis": "Sổ tay quy tắc mục 4",
        "source_row": 3,
        "row_no": "2",
        "column_name": "citizen_id",
        "cell": "D3",
        "full_name": "Trần Thị Bình",
    }
    return ToldFinding(**{**told, **difference})


def bytes_of(workbook: Workbook) -> bytes:
    """As openpyxl saves it."""
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def opened(content: bytes) -> Workbook:
    """As openpyxl opens it, formulas as formulas. Of print areas that are whole columns it warns and knows nothing."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Print area cannot be set")
        return load_workbook(BytesIO(content))


def roster_of(content: bytes) -> RosterReading:
    """As the month's run reads it."""
    return read(read_cells(content))


def handed_back(
    content: bytes,
    *findings: ToldFinding,
    note: CoverNote | None = NOTE,
    people: Sequence[PersonCells] = (),
    total: tuple[str, str, str] | None = None,
    is_plain: bool = False,
) -> bytes:
    """The workbook that is made of a file; `is_plain`: of its cells, as where the sender's own cannot be kept."""
    cells = read_cells(content)
    given = Return(MARKER, table_of(cells, read(cells)), findings, note, people=tuple(people), total=total)
    own = content if cells.file_format == "xlsx" and not is_plain else None
    made = returned_workbook(given, own=own, cells=None if own else cells)
    wrong = repairs(cells, read_cells(made), given.table) if not people else ()
    if not wrong:
        return made
    again = Return(MARKER, given.table, findings, note, wrong, tuple(people), total)
    return returned_workbook(again, own=own, cells=None if own else cells)


def sheet_of(content: bytes, name: str = "Danh sách") -> Worksheet:
    """A sheet of the returned workbook."""
    sheet = opened(content)[name]
    assert isinstance(sheet, Worksheet)
    return sheet
