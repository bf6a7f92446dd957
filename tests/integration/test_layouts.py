"""A centre changes its form: what the report says, over real workbooks, the database and the command line."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import sqlalchemy as sa
from openpyxl.worksheet.worksheet import Worksheet
from program import ioc_etl

from ioc_etl.adapters.store import exceptions
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.result import RunReport
from ioc_etl.pipeline.services import Services
from tests.conftest import Database

INPUT = Path(__file__).parents[1] / "golden" / "input"
JANUARY, FEBRUARY, MARCH = date(2022, 1, 1), date(2022, 2, 1), date(2022, 3, 1)
CENTRE = "dong-xoai"
PAID_VND = 20_115_000


Change = Callable[[Worksheet], None]


@dataclass(frozen=True)
class Office:
    """Đồng Xoài alone: its January as it is, other months made of that one and a change."""

    root: Path
    database: Database

    def sends(self, month: date, *changes: Change) -> None:
        workbook = openpyxl.load_workbook(INPUT / "rosters" / "2022-01" / f"{CENTRE}.xlsx")
        del workbook["T12"]
        sheet = workbook["T01"]
        sheet.title = f"T{month:%m}"
        for change in changes:
            change(sheet)
        folder = self.root / "rosters" / f"{month:%Y-%m}"
        folder.mkdir(parents=True, exist_ok=True)
        workbook.save(folder / f"{CENTRE}.xlsx")

    def run(self, month: date) -> RunReport:
        return run(Services(replace(self.database.settings, input_root=str(self.root)), self.database.clock), month)

    def told(self, month: date) -> dict[str, str]:
        """What is found about the file, by code, in the words of the report."""
        found = exceptions(self.database.engine, month, CENTRE).filter(
            pl.col("level") == "file", pl.col("case_status") != "mended"
        )
        return dict(found.select("code", "message_vi").iter_rows())

    def changed(self, month: date) -> str | None:
        """What is told of the layout."""
        return self.told(month).get("LAYOUT_CHANGED")

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return ioc_etl(*arguments, environment={**self.database.environment, "IOC_ETL_INPUT": str(self.root)})


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    root = tmp_path / "input"
    shutil.copytree(INPUT / "registers", root / "registers")
    made = Office(root, database)
    made.sends(JANUARY)
    return made


def header(**texts: str) -> Change:
    """Other headers in some columns, by letter."""

    def write(sheet: Worksheet) -> None:
        for letter, text in texts.items():
            sheet[f"{letter}1"] = text

    return write


def new_column(at: int, text: str) -> Change:
    def insert(sheet: Worksheet) -> None:
        sheet.insert_cols(at)
        sheet.cell(1, at).value = text

    return insert


def title(*lines: str) -> Change:
    def insert(sheet: Worksheet) -> None:
        sheet.insert_rows(1, len(lines))
        for number, text in enumerate(lines, start=1):
            sheet.cell(number, 15).value = text

    return insert


def second_header_line(sheet: Worksheet) -> None:
    """`Số tài khoản` and `Ngân hàng` under one heading."""
    sheet.insert_rows(2)
    sheet["O2"], sheet["P2"] = sheet["O1"].value, sheet["P1"].value
    sheet["O1"], sheet["P1"] = "Tài khoản", None


def other_support(amount: int) -> Change:
    def write(sheet: Worksheet) -> None:
        sheet["M2"], sheet["N2"] = "Hỗ trợ công nghệ thông tin", amount

    return write


def nothing(sheet: Worksheet) -> None:
    """As in January."""


def renamed_sheet(sheet: Worksheet) -> None:
    sheet.title = "Danh sách"


def without_note(sheet: Worksheet) -> None:
    sheet.delete_cols(17)


COLUMNS = "Các cột, trước → nay:"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (nothing, None),
        (header(B="HỌ VÀ  TÊN:", N="Mức hưởng khác (đồng/tháng)"), None),
        (header(B="Họ tên"), f"{COLUMNS} B “Họ và tên” → “Họ tên”."),
        (new_column(1, "Trình độ"), f"{COLUMNS} A–Q → B–R; — → A “Trình độ”."),
        (without_note, f"{COLUMNS} Q “Ghi chú” → —."),
        (title("UBND THÀNH PHỐ ĐỒNG XOÀI", "Tháng 02 năm 2022"), "Dòng tiêu đề: 1 → 3."),
        (second_header_line, "Dòng tiêu đề: 1 → 1–2."),
        (renamed_sheet, "Dòng tiêu đề: “T01” 1 → “Danh sách” 1."),
        (title("Đơn vị tính: nghìn đồng"), f"Dòng tiêu đề: 1 → 2. {COLUMNS} “đồng” → “nghìn đồng”."),
    ],
    ids=lambda case: case.__name__ if callable(case) else None,
)
def test_februarys_file_is_compared_with_januarys(office: Office, change: Change, said: str | None) -> None:
    office.run(JANUARY)
    office.sends(FEBRUARY, change)
    office.run(FEBRUARY)
    told = None if said is None else f"Mẫu bảng khác tệp được nhận gần nhất (tháng 01/2022). {said}"
    assert office.changed(FEBRUARY) == told
    assert _paid(office, FEBRUARY) == PAID_VND


def test_a_first_file_is_compared_with_nothing(office: Office) -> None:
    office.sends(JANUARY, header(B="Họ tên"))
    office.run(JANUARY)
    assert office.changed(JANUARY) is None


def test_a_file_that_is_refused_is_compared_and_its_columns_proposed(office: Office) -> None:
    office.run(JANUARY)
    office.sends(FEBRUARY, header(D="Số CCDC"))
    report = office.run(FEBRUARY)
    assert report.exit_code == 1
    assert {code: text for code, text in office.told(FEBRUARY).items() if code != "ROSTER_MISSING"} == {
        "COLUMN_MISSING": "Thiếu cột bắt buộc “Số CCCD”. Có phải là cột D “Số CCDC”?",
        "COLUMN_UNKNOWN": (
            "Không nhận ra cột “Số CCDC” (cột D); cột này không được dùng. Có phải là: “Số CCDC” → “Số CCCD”?"
        ),
        "LAYOUT_CHANGED": (
            "Mẫu bảng khác tệp được nhận gần nhất (tháng 01/2022). Các cột, trước → nay: D “Số CCCD” → D “Số CCDC”."
        ),
    }


def test_a_file_without_a_table_is_told_where_its_columns_were(office: Office) -> None:
    office.run(JANUARY)
    office.sends(FEBRUARY, lambda sheet: sheet.delete_rows(1))
    office.run(FEBRUARY)
    said = office.changed(FEBRUARY) or ""
    assert "Dòng tiêu đề: “T01” 1 → —. Các cột, trước → nay: B “Họ và tên” → —; D “Số CCCD” → —" in said


def test_after_a_refused_file_the_last_accepted_one_still_counts(office: Office) -> None:
    office.run(JANUARY)
    office.sends(FEBRUARY, header(D="Số CCDC", B="Họ tên"))
    office.run(FEBRUARY)
    office.sends(MARCH, header(B="Họ tên"))
    office.run(MARCH)
    assert office.changed(MARCH) == (
        f"Mẫu bảng khác tệp được nhận gần nhất (tháng 01/2022). {COLUMNS} B “Họ và tên” → “Họ tên”."
    )


def test_a_second_file_of_the_month_is_compared_with_the_one_in_force(office: Office) -> None:
    office.run(JANUARY)
    office.sends(FEBRUARY, header(B="Họ tên"))
    office.run(FEBRUARY)
    office.sends(FEBRUARY, header(B="Họ tên", O="STK"))
    office.run(FEBRUARY)
    second = f"Mẫu bảng khác tệp được nhận gần nhất (tháng 02/2022). {COLUMNS} O “Số tài khoản” → “STK”."
    assert office.changed(FEBRUARY) == second
    _another_file_ignored(office)
    office.run(FEBRUARY)
    assert office.changed(FEBRUARY) == second


def test_a_file_decided_again_is_compared_with_the_same_one_as_before(office: Office) -> None:
    office.run(JANUARY)
    office.sends(FEBRUARY, header(B="Họ tên"))
    office.run(FEBRUARY)
    first = office.changed(FEBRUARY)
    _another_file_ignored(office)
    office.run(FEBRUARY)
    assert first is not None
    assert office.changed(FEBRUARY) == first


def test_money_in_another_unit_refuses_the_file_and_pays_nobody(office: Office) -> None:
    office.run(JANUARY)
    office.sends(FEBRUARY, other_support(5_000), header(N="Mức hưởng khác (nghìn đồng)"))
    office.run(FEBRUARY)
    assert office.told(FEBRUARY)["COLUMN_UNIT"] == (
        "Cột tiền “Mức hưởng khác” không tính bằng đồng: “Mức hưởng khác (nghìn đồng)” (ô N1)."
    )
    assert "N “Mức hưởng khác” → “Mức hưởng khác (nghìn đồng)”" in (office.changed(FEBRUARY) or "")
    assert _paid(office, FEBRUARY) == 0


def test_a_unit_line_refuses_a_file_with_amounts(office: Office) -> None:
    office.sends(JANUARY, other_support(5_000), title("Đơn vị tính: nghìn đồng"))
    office.run(JANUARY)
    assert office.told(JANUARY)["COLUMN_UNIT"].endswith("“Đơn vị tính: nghìn đồng” (ô O1).")


def test_the_layout_in_force_stands_beside_its_centre(office: Office) -> None:
    office.run(JANUARY)
    with office.database.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT centre_code, layout FROM payroll.run_centre")).tuples().all()
    layouts = {code: layout for code, layout in rows if layout is not None}
    assert list(layouts) == [CENTRE]
    assert (layouts[CENTRE]["sheet"], layouts[CENTRE]["header_rows"]) == ("T01", [1])
    assert layouts[CENTRE]["columns"][3] == ["D", "Số CCCD", "citizen_id"]


def test_the_command_line_and_the_printed_report_tell_it_too(office: Office) -> None:
    assert office.command("run", "2022-01").returncode == 3
    office.sends(FEBRUARY, header(B="Họ tên", Q="Số điện thoại"), new_column(5, "Trình độ"))
    done = office.command("run", "2022-02", "--json")
    told = json.loads(done.stdout)
    assert {centre["centre_code"]: centre["codes"] for centre in told["centres"]}[CENTRE]["LAYOUT_CHANGED"] == 1
    [report] = [path for path in told["exception_reports"] if CENTRE in path]
    cells = [
        str(cell.value) for row in openpyxl.load_workbook(report)["Ngoại lệ"].iter_rows() for cell in row if cell.value
    ]
    assert (
        "Mẫu bảng khác tệp được nhận gần nhất (tháng 01/2022). Các cột, trước → nay: E–P → F–Q; B “Họ và tên” → “Họ "
        "tên”; Q “Ghi chú” → R “Số điện thoại”; — → E “Trình độ”."
    ) in cells


def test_check_proposes_and_refuses_units_without_a_month_to_compare_with(office: Office) -> None:
    office.sends(FEBRUARY, header(D="Số CCDC", N="Mức hưởng khác (1.000đ)"))
    roster = office.root / "rosters" / "2022-02" / f"{CENTRE}.xlsx"
    done = office.command("check", str(roster), "--json")
    told = {finding["code"]: finding["message_en"] for finding in json.loads(done.stdout)["findings"]}
    assert done.returncode == 3
    assert told["COLUMN_MISSING"] == "The required column “Số CCCD” is missing. Is it column D “Số CCDC”?"
    assert told["COLUMN_UNIT"].endswith("is not in đồng: “Mức hưởng khác (1.000đ)” (cell N1).")
    assert "LAYOUT_CHANGED" not in told


def _paid(office: Office, month: date) -> int:
    query = sa.text("SELECT COALESCE(sum(amount_vnd), 0) FROM state_payroll.row_outcome WHERE reference_month = :month")
    with office.database.engine.connect() as connection:
        return int(connection.execute(query, {"month": month}).scalar_one())


def _another_file_ignored(office: Office) -> None:
    """Makes the month's input another one, and the roster none."""
    (office.root / "rosters" / "2022-02" / "ghi-chu.txt").write_text("gửi sau", encoding="utf-8")
