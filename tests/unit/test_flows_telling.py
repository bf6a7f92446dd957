"""What a run tells through Prefect: the state it ends in, its table, its exceptions by code."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prefect.client.schemas.objects import StateType

from flows.artifacts import exceptions_key, exceptions_markdown, month_key, month_table
from flows.states import state_of
from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.pipeline.result import CentreReport, RunReport
from ioc_etl.policy.model import FindingText
from schemas.vocabulary import FileStatus, FindingCode, RunStatus

FEBRUARY = date(2022, 2, 1)


@pytest.fixture(scope="module")
def texts() -> Mapping[FindingCode, FindingText]:
    """The texts of the packaged policy."""
    return load_policy(None, None).findings


def centre_report(**changes: Any) -> CentreReport:
    """A district's clean month."""
    clean: dict[str, Any] = {
        "centre_code": "binh-long",
        "centre_name": "Bình Long",
        "file_status": FileStatus.ACCEPTED,
        "rows_read": 9,
        "paid_rows": 9,
        "superseded_rows": 0,
        "held_rows": 0,
        "merged_rows": 0,
        "amount_vnd": 20_115_000,
        "quota": 9,
        "batch_status": "draft",
    }
    return CentreReport(**{**clean, **changes})


def run_report(*centres: CentreReport, status: RunStatus = RunStatus.COMPLETED, **changes: Any) -> RunReport:
    """A run of February that ended well."""
    return RunReport(UUID(int=1), FEBRUARY, status, centres or (centre_report(),), **changes)


def test_a_run_with_every_centre_is_completed_and_says_the_amount() -> None:
    state = state_of(run_report(centre_report(), centre_report(centre_code="tinh")), ())

    assert (state.type, state.name) == (StateType.COMPLETED, "Completed")
    assert state.message == "Tháng 02 năm 2022: 40.230.000 đ, 2 Trung tâm."


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"file_status": FileStatus.MISSING}, "Chưa gửi danh sách: Bình Long (binh-long)."),
        ({"file_status": FileStatus.REFUSED, "is_offer_refused": True}, "Danh sách bị từ chối: Bình Long (binh-long)."),
        ({"is_offer_refused": True}, "Tệp mới bị từ chối, dùng tệp trước: Bình Long (binh-long)."),
    ],
)
def test_a_run_with_a_gap_is_completed_under_a_name_that_says_so(changes: dict[str, Any], told: str) -> None:
    state = state_of(run_report(centre_report(**changes), status=RunStatus.INCOMPLETE), ())

    assert (state.type, state.name) == (StateType.COMPLETED, "Incomplete")
    assert state.message is not None
    assert told in state.message


def test_a_centre_whose_source_could_not_be_read_makes_a_run_incomplete() -> None:
    state = state_of(run_report(status=RunStatus.UNCHANGED), ("tinh",))

    assert (state.type, state.name) == (StateType.COMPLETED, "Incomplete")
    assert state.message is not None
    assert "Không đọc được nguồn: tinh." in state.message
    assert "Không có gì thay đổi" in state.message


def test_an_identical_run_is_unchanged() -> None:
    state = state_of(run_report(status=RunStatus.UNCHANGED), ())

    assert (state.type, state.name) == (StateType.COMPLETED, "Unchanged")


def test_an_identical_run_that_still_lacks_a_centre_is_incomplete() -> None:
    missing = centre_report(file_status=FileStatus.MISSING)

    assert state_of(run_report(missing, status=RunStatus.UNCHANGED), ()).name == "Incomplete"


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.BLOCKED])
def test_a_run_that_decided_nothing_is_failed_and_says_why(status: RunStatus) -> None:
    why = ("NO_BASE_SALARY", "Tháng này không có mức lương cơ sở.", "There is no base salary.")

    state = state_of(run_report(status=status, run_findings=(why,)), ())

    assert state.type is StateType.FAILED
    assert state.message is not None
    assert "Tháng này không có mức lương cơ sở." in state.message


def test_the_table_has_a_row_a_centre_and_the_sum_below() -> None:
    held = centre_report(centre_code="tinh", centre_name="Tỉnh", rows_read=19, held_rows=1, paid_rows=18, quota=None)

    table = month_table(run_report(centre_report(), held))

    assert [row["Trung tâm"] for row in table] == ["Bình Long", "Tỉnh", "Cộng"]
    assert [row["Số dòng"] for row in table] == ["9", "19", "28"]
    assert [row["Tạm giữ"] for row in table] == ["0", "1", "1"]
    assert [row["Số tiền"] for row in table] == ["20.115.000 đ", "20.115.000 đ", "40.230.000 đ"]
    assert len({frozenset(row) for row in table}) == 1


def test_exceptions_are_counted_by_code_and_centre_the_blocking_ones_first(
    texts: Mapping[FindingCode, FindingText],
) -> None:
    one = centre_report(codes={"PART_MONTH": 2, "OVER_QUOTA": 1})
    other = centre_report(centre_code="tinh", codes={"OVER_QUOTA": 3})

    lines = exceptions_markdown(run_report(one, other), texts).splitlines()

    assert lines[2].startswith("| Mã | Mức | binh-long | tinh | Cộng |")
    assert lines[4].startswith("| `OVER_QUOTA` | Chặn | 1 | 3 | 4 |")
    assert lines[5].startswith("| `PART_MONTH` | Cảnh báo | 2 |  | 2 |")


def test_findings_about_the_whole_run_stand_above_the_table(texts: Mapping[FindingCode, FindingText]) -> None:
    draft = ("POLICY_DRAFT", "Chính sách còn là dự thảo.", "The policy is a draft.")

    markdown = exceptions_markdown(run_report(run_findings=(draft,)), texts)

    assert "- **POLICY_DRAFT**: Chính sách còn là dự thảo." in markdown
    assert "Không có phát hiện nào ở các Trung tâm." in markdown


@pytest.mark.parametrize("name", ["NGUYEN VAN A 070188001234.xlsx", "NGUYEN VAN A.xlsx"])
def test_of_files_that_belong_to_no_centre_only_the_number_is_shown(
    texts: Mapping[FindingCode, FindingText], name: str
) -> None:
    told = ("FILE_IGNORED", f"Tệp không thuộc Trung tâm nào: {name}.", f"Files belong to no centre: {name}.")
    report = run_report(status=RunStatus.BLOCKED, run_findings=(told,), ignored_files=3)

    for shown in (exceptions_markdown(report, texts), str(state_of(report, ()).message)):
        assert "3 tệp trong thư mục của tháng không thuộc Trung tâm nào" in shown
        assert "NGUYEN" not in shown


def test_every_code_can_be_counted_on_one_line(texts: Mapping[FindingCode, FindingText]) -> None:
    everything = centre_report(codes=dict.fromkeys(map(str, FindingCode), 1))

    lines = exceptions_markdown(run_report(everything), texts).splitlines()

    rows = [line for line in lines if line.startswith("| `")]
    assert len(rows) == len(FindingCode)
    assert {line.replace("\\|", "").count("|") for line in rows} == {6}
    assert not any("{" in line for line in rows)


def test_artifacts_are_found_by_their_month() -> None:
    assert (month_key(run_report()), exceptions_key(run_report())) == ("month-2022-02", "exceptions-2022-02")


def test_the_wheel_and_the_checkout_name_the_same_deployments() -> None:
    pyproject = (Path(__file__).parents[2] / "pyproject.toml").read_text()

    assert '"prefect.yaml" = "flows/prefect.yaml"' in pyproject
