"""Every kind of bad file stops its own centre and no other; every bad register stops as little as it can."""

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from schemas.vocabulary import FileStatus, RunStatus
from tests.conftest import Database
from tests.integration.provinces import BINH_LONG, OTHERS_VND, Province


@pytest.fixture
def province(database: Database, tmp_path: Path) -> Province:
    return Province.at(tmp_path / "input", database)


def missing(province: Province) -> None:
    province.path(BINH_LONG).unlink()


def unreadable(province: Province) -> None:
    province.path(BINH_LONG).write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))


def cut_off(province: Province) -> None:
    path = province.path(BINH_LONG)
    path.write_bytes(path.read_bytes()[:2000])


def too_large(province: Province) -> None:
    with province.path(BINH_LONG).open("ab") as stream:
        stream.truncate(20 * 1024 * 1024 + 1)


def ambiguous(province: Province) -> None:
    shutil.copy(province.path(BINH_LONG), province.path("rosters/2022-01/binh-long.csv"))


def without_header(province: Province) -> None:
    province.edit(lambda sheet: sheet.delete_rows(6))


def without_column(province: Province) -> None:
    province.edit(lambda sheet: sheet.delete_cols(3))


def twice_a_column(province: Province) -> None:
    def name_again(sheet: Worksheet) -> None:
        sheet["S6"] = "Số CCCD"

    province.edit(name_again)


def wrong_month(province: Province) -> None:
    def later(sheet: Worksheet) -> None:
        sheet["B4"] = "THÁNG 02 NĂM 2022"

    province.edit(later)


def wrong_centre(province: Province) -> None:
    def elsewhere(sheet: Worksheet) -> None:
        sheet["B2"] = "UBND THỊ XÃ PHƯỚC LONG"
        sheet["B3"] = "DANH SÁCH NGƯỜI LÀM VIỆC TẠI TRUNG TÂM ĐIỀU HÀNH THÔNG MINH THỊ XÃ PHƯỚC LONG"

    province.edit(elsewhere)


def wrong_total(province: Province) -> None:
    def eight(sheet: Worksheet) -> None:
        sheet["B7"] = "Tổng cộng: 8 người"

    province.edit(eight)


def legacy_encoding(province: Province) -> None:
    province.path(BINH_LONG).unlink()
    text = "STT;Hä vµ tªn;Sè CCCD\n1;NguyÔn V¨n An;070069167075\n2;TrÇn ThÞ B×nh;070077593077\n"
    province.path("rosters/2022-01/binh-long.csv").write_bytes(text.encode("cp1252"))


def without_people(province: Province) -> None:
    def clear(sheet: Worksheet) -> None:
        sheet["B7"] = None
        sheet.delete_rows(8, 9)

    province.edit(clear)


def without_establishment(province: Province) -> None:
    province.register(
        "establishment", "binh-long,43/NQ-HĐND,2021-12-17,2022-01-01", "binh-long,43/NQ-HĐND,2021-12-17,2022-02-01"
    )


def bad_establishment(province: Province) -> None:
    province.register(
        "establishment", "binh-long,43/NQ-HĐND,2021-12-17,2022-01-01,,9", "binh-long,43/NQ-HĐND,hôm qua,2022-01-01,,9"
    )


BAD_FILES = [
    ("ROSTER_MISSING", missing),
    ("ROSTER_UNREADABLE", unreadable),
    ("ROSTER_UNREADABLE", cut_off),
    ("ROSTER_TOO_LARGE", too_large),
    ("ROSTER_AMBIGUOUS", ambiguous),
    ("HEADER_NOT_FOUND", without_header),
    ("COLUMN_MISSING", without_column),
    ("COLUMN_AMBIGUOUS", twice_a_column),
    ("WRONG_MONTH", wrong_month),
    ("WRONG_CENTRE", wrong_centre),
    ("TOTAL_MISMATCH", wrong_total),
    ("LEGACY_ENCODING", legacy_encoding),
    ("NO_ROWS", without_people),
    ("NO_ESTABLISHMENT", without_establishment),
    ("REGISTER_ROW_INVALID", bad_establishment),
]


@pytest.mark.parametrize(("code", "spoil"), BAD_FILES)
def test_a_bad_file_stops_only_its_own_centre(province: Province, code: str, spoil: Callable[[Province], None]) -> None:
    spoil(province)
    report = province.run()
    centres = {centre.centre_code: centre for centre in report.centres}
    assert code in centres["binh-long"].codes
    assert (centres["binh-long"].rows_read, centres["binh-long"].amount_vnd) == (0, 0)
    assert {name: centres[name].amount_vnd for name in OTHERS_VND} == OTHERS_VND
    assert (report.status, report.exit_code) == (RunStatus.INCOMPLETE, 3)


@pytest.mark.parametrize("spoil", [unreadable, missing, wrong_month, ambiguous], ids=lambda spoil: spoil.__name__)
def test_a_later_bad_file_makes_no_statement_and_the_file_in_force_carries_on(
    province: Province, spoil: Callable[[Province], None]
) -> None:
    assert province.run().total_vnd == 101_320_000
    spoil(province)
    again = province.run()
    centre = next(centre for centre in again.centres if centre.centre_code == "binh-long")
    assert (again.total_vnd, centre.file_status, centre.rows_read) == (101_320_000, FileStatus.ACCEPTED, 9)
    assert again.exit_code == (0 if spoil is missing else 3)
    assert province.run().status is RunStatus.UNCHANGED


def test_a_planned_centres_file_is_looked_at_and_refused(province: Province) -> None:
    shutil.copy(province.path(BINH_LONG), province.path("rosters/2022-01/loc-ninh.xlsx"))
    report = province.run()
    planned = next(centre for centre in report.centres if centre.centre_code == "loc-ninh")
    assert "CENTRE_NOT_OPEN" in planned.codes
    assert (planned.file_status, planned.rows_read) == (FileStatus.REFUSED, 0)
    assert report.total_vnd == 101_320_000


def test_a_file_of_no_centre_is_named_and_ignored(province: Province) -> None:
    province.path("rosters/2022-01/ghi-chu.txt").write_text("gửi sau", encoding="utf-8")
    report = province.run()
    assert ("FILE_IGNORED" in {code for code, *_ in report.run_findings}, report.exit_code) == (True, 0)


def test_an_id_in_a_file_name_is_masked_and_the_file_counted(province: Province) -> None:
    for name in ("NGUYEN VAN A 070188001234.xlsx", "070 188 001 235.docx"):
        province.path(f"rosters/2022-01/{name}").write_bytes(b"x")
    report = province.run()
    told = {code: message for code, message, *_ in report.run_findings}["FILE_IGNORED"]
    assert ("070******234" in told, "070******235" in told, "188" in told) == (True, True, False)
    assert report.ignored_files == 2


@pytest.mark.parametrize("name", [b"cu\xff.xlsx", b"cu\n.xlsx", b"cu\x1b[31m.xlsx"])
def test_a_file_name_that_is_no_text_stops_nothing(province: Province, name: bytes) -> None:
    (Path(os.fsdecode(os.fsencode(province.path("rosters/2022-01")) + b"/" + name))).write_bytes(b"x")
    report = province.run()
    told = {code: message for code, message, *_ in report.run_findings}
    assert (report.exit_code, report.total_vnd) == (0, 101_320_000)
    assert "cu�" in told["FILE_IGNORED"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("approved_list", "REGISTER_MISSING"),
        ("establishment", "REGISTER_MISSING"),
        ("other_support", "REGISTER_MISSING"),
    ],
)
def test_a_run_without_a_register_is_blocked_and_leaves_the_month_as_it_was(
    province: Province, name: str, code: str
) -> None:
    province.run()
    province.path(f"registers/{name}.csv").unlink()
    blocked = province.run()
    assert (blocked.status, blocked.exit_code) == (RunStatus.BLOCKED, 1)
    assert code in {found for found, *_ in blocked.run_findings}
    with province.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT sum(amount_vnd) FROM state_payroll.row_outcome").scalar()
    assert rows == 101_320_000


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\x00\x01\x02"], ids=["empty", "other columns", "binary"])
def test_a_register_that_cannot_be_read_as_a_whole_blocks_the_run(province: Province, content: bytes) -> None:
    province.path("registers/other_support.csv").write_bytes(content)
    report = province.run()
    assert (report.status, {code for code, *_ in report.run_findings} >= {"REGISTER_INVALID"}) == (
        RunStatus.BLOCKED,
        True,
    )


def test_without_a_budget_every_centre_is_told_and_the_month_is_computed(province: Province) -> None:
    province.path("registers/budget.csv").unlink()
    report = province.run()
    assert (report.total_vnd, report.exit_code) == (101_320_000, 0)
    assert all("BUDGET_MISSING" in centre.codes for centre in report.centres)


def test_a_bad_row_of_other_support_holds_only_its_person(province: Province) -> None:
    province.register(
        "other_support",
        "070068027001,Hỗ trợ công nghệ thông tin,101/QĐ-UBND,3000000",
        "070068027001,Hỗ trợ công nghệ thông tin,101/QĐ-UBND,ba triệu",
    )
    report = province.run()
    assert report.total_vnd == 101_320_000 - 2_235_000
    assert next(centre for centre in report.centres if centre.centre_code == "tinh").held_rows == 1


@pytest.mark.parametrize(
    ("month", "codes"),
    [
        (date(2021, 12, 1), {"POLICY_NOT_IN_FORCE"}),
        (date(2019, 6, 1), {"POLICY_NOT_IN_FORCE", "NO_BASE_SALARY"}),
    ],
)
def test_a_month_outside_the_policy_is_blocked(province: Province, month: date, codes: set[str]) -> None:
    report = province.run(month)
    assert report.status is RunStatus.BLOCKED
    assert {code for code, *_ in report.run_findings} - {"POLICY_DRAFT"} == codes


def test_a_month_for_which_nothing_came_fails_and_says_what_is_missing(province: Province) -> None:
    report = province.run(date(2022, 3, 1))
    assert (report.status, report.exit_code) == (RunStatus.FAILED, 1)
    assert all(centre.codes == {"ROSTER_MISSING": 1} for centre in report.centres)
