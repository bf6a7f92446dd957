"""The ledger's commands as people type them, each a process of its own."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook
from program import ioc_etl

from ioc_etl.cli.words_audit import DETAILS_VI, is_told
from tests.conftest import Database
from tests.integration.ledger_steps import PERMITTED, take_steps

PROJECT = Path(__file__).parents[2]
INPUT = PROJECT / "tests" / "golden" / "input"
ADMIN_SECRET, FINANCE_SECRET, APPROVER_SECRET = "mật khẩu quản trị", "mật khẩu tài chính", "mật khẩu lãnh đạo"
SUPPORTED_ELSEWHERE = "070098137055"
BATCH = "2022-01/dong-xoai/regular/1"


class Desk:
    """Runs the program in one place; `secrets` are the lines of its standard input."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.folder = folder
        self._environment = environment

    def __call__(self, *arguments: str, secrets: tuple[str, ...] = (), **more: str) -> subprocess.CompletedProcess[str]:
        asking = ("--password-stdin",) if secrets else ()
        stdin = "".join(f"{secret}\n" for secret in secrets)
        return ioc_etl(*arguments, *asking, environment={**self._environment, **more}, stdin=stdin, folder=self.folder)

    def done(self, *arguments: str, secrets: tuple[str, ...] = (), **more: str) -> str:
        process = self(*arguments, secrets=secrets, **more)
        assert process.returncode == 0, process.stderr
        return process.stdout


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    root = tmp_path / "input"
    shutil.copytree(INPUT, root)
    return Desk({**database.environment, "IOC_ETL_INPUT": str(root), "IOC_ETL_POLICY": str(PERMITTED)}, tmp_path)


def with_accounts(desk: Desk) -> Desk:
    first = ("user", "add", "quan-tri", "--full-name", "Lê Thị Thử", "--role", "admin")
    desk.done(*first, secrets=(ADMIN_SECRET,))
    for name, role, secret in (("ngan", "finance", FINANCE_SECRET), ("lanh-dao", "approver", APPROVER_SECRET)):
        more = ("user", "add", name, "--full-name", "Trần Thử", "--role", role, "--as", "quan-tri")
        desk.done(*more, secrets=(ADMIN_SECRET, secret))
    return desk


def test_january_is_paid_from_the_command_line(desk: Desk) -> None:
    with_accounts(desk).done("run", "2022-01")
    assert "Đã trình duyệt" not in desk.done("batches", "2022-01")
    finance = {"secrets": (FINANCE_SECRET,)}
    assert "20.115.000 đ" in desk.done("submit", BATCH, "--as", "ngan", "--reason", "Đã soát", **finance)
    approval = ("approve", BATCH, "--total", "20.115.000", "--pay-date", "10/03/2022", "--reason", "Đồng ý")
    assert "ngày chi 10/03/2022" in desk.done(*approval, "--as", "lanh-dao", secrets=(APPROVER_SECRET,))
    token = desk.done("user", "token", "--as", "ngan", **finance).strip()
    exported = desk.done("export", BATCH, "--out", "dong-xoai.csv", "--json", IOC_ETL_TOKEN=token)
    assert json.loads(exported)["is_draft"] is False
    desk.done("export", BATCH, "--out", "again.csv", IOC_ETL_TOKEN=token)
    first = desk.folder / "dong-xoai.csv"
    assert first.read_bytes() == (desk.folder / "again.csv").read_bytes()
    assert first.stat().st_mode & 0o077 == 0
    desk.done("confirm", BATCH, "--paid-on", "2022-03-10", IOC_ETL_TOKEN=token)
    told = json.loads(desk.done("batches", "2022-01", "--json"))["batches"]
    assert {batch["name"]: batch["status"] for batch in told}[BATCH] == "paid"
    assert "nguyên vẹn" in desk.done("audit", "verify")
    actions = [event["action"] for event in json.loads(desk.done("audit", "list", "--json"))["events"]]
    assert actions[-6:] == ["submit", "approve", "user", "export", "export", "confirm"]
    assert desk("db", "check").returncode == 0


def test_the_case_that_the_report_and_explain_show_is_the_one_that_is_waived(desk: Desk) -> None:
    told = json.loads(with_accounts(desk)("run", "2022-02", "--json").stdout)
    (report,) = [path for path in told["exception_reports"] if "dong-xoai" in path]
    rows = load_workbook(report)["Ngoại lệ"].iter_rows(min_row=6, values_only=True)
    (shown,) = [row[6] for row in rows if "OTHER_SUPPORT_STILL_PAID" in str(row[5])]
    match = re.search(r"\nVụ việc: ([0-9a-f]{8}) — được phép bỏ qua$", str(shown))
    assert match
    case = match[1]
    explained = ("explain", SUPPORTED_ELSEWHERE, "2022-02")
    assert f"Vụ việc: {case} — được phép bỏ qua" in desk.done(*explained)
    checks = json.loads(desk.done(*explained, "--json"))["rows"][0]["rules"]
    findings = {finding["code"]: finding for check in checks for finding in check["findings"]}
    assert findings["OTHER_SUPPORT_STILL_PAID"]["case_id"].startswith(case)
    assert {code for code, finding in findings.items() if finding["is_waivable"]} == {"OTHER_SUPPORT_STILL_PAID"}

    by_finance = ("--reason", "QĐ 12", "--as", "ngan")
    assert "OTHER_SUPPORT_STILL_PAID" in desk.done("waive", case, *by_finance, secrets=(FINANCE_SECRET,))
    desk("run", "2022-02")
    assert f"Vụ việc: {case} — đã chấp thuận bỏ qua" in desk.done(*explained)
    desk.done("unwaive", case, *by_finance, secrets=(FINANCE_SECRET,))


def test_every_refusal_is_one_line_in_the_language_asked_for(desk: Desk) -> None:
    with_accounts(desk).done("run", "2022-01")
    finance, approver = (FINANCE_SECRET,), (APPROVER_SECRET,)
    approve = ("approve", BATCH, "--total", "1", "--pay-date", "2022-03-10", "--reason", "x", "--as", "lanh-dao")
    questions: tuple[tuple[tuple[str, ...], tuple[str, ...], int, str], ...] = (
        ((*approve, "--lang", "en"), approver, 2, "is draft: it cannot approve now"),
        (approve, approver, 2, "dự thảo: không duyệt được"),
        (("submit", "9999ffff", "--reason", "x", "--as", "ngan"), finance, 2, "không có đợt chi '9999ffff'"),
        (("submit", "9999ffff", "--reason", "x", "--as", "ngan", "--lang", "en"), finance, 2, "there is no batch"),
        (("submit", BATCH, "--reason", " ", "--as", "ngan"), finance, 2, "--reason"),
        (("submit", BATCH, "--reason", "x", "--as", "lanh-dao"), approver, 1, "không có vai trò"),
        (("submit", BATCH, "--reason", "x", "--as", "ngan"), approver, 1, "sai tên hoặc mật khẩu"),
        (("submit", BATCH, "--reason", "x", "--as", "ai-do"), finance, 1, "sai tên hoặc mật khẩu"),
        (("submit", BATCH, "--reason", "x"), finance, 2, "ai yêu cầu?"),
        (("submit", BATCH, "--reason", "x", "--as", "ngan"), (), 2, "--password-stdin"),
        (
            ("approve", BATCH, "--total", "một", "--pay-date", "2022-03-10", "--reason", "x"),
            approver,
            2,
            "số tiền chẵn đồng",
        ),
        (("approve", BATCH, "--total", "1", "--pay-date", "31/02/2022", "--reason", "x"), approver, 2, "hãy ghi như"),
        (("waive", "ffffffff", "--reason", "x", "--as", "ngan"), finance, 2, "không có vụ việc"),
        (("stand", "2022-01", "dong-xoai", "99", "--reason", "x", "--as", "ngan"), finance, 2, "không có dòng 99"),
        (("opening", "import", "nowhere.csv", "--as", "ngan"), finance, 2, "không đọc được tệp nowhere.csv"),
        (("export", BATCH, "--out", "/nowhere/x.csv", "--as", "ngan"), finance, 2, "there is no folder"),
        (
            ("confirm", BATCH, "--paid-on", "2022-03-10", "--returned", "x", "--as", "ngan"),
            finance,
            2,
            "MÃ_KHOẢN=LÝ_DO",
        ),
        (("approve", BATCH, "--total", "1", "--pay-date", "2222-02-10", *approve[6:]), approver, 2, "còn hơn một năm"),
        (
            ("run", "2022-01", "--as", "lanh-dao"),
            approver,
            1,
            "không có vai trò vận hành (operator), tài chính (finance), quản trị (admin)",
        ),
        (("run", "2022-01", "--as", "lanh-dao", "--lang", "en"), approver, 1, "none of the roles operator, finance"),
        (("opening", "import", "none.csv", "--as", "ngan", "--lang", "en"), finance, 2, "there is no file"),
        (("opening", "cancel", "ffff0000", "--reason", "x", "--as", "ngan"), finance, 2, "không có dòng đã chi trước"),
        (("opening", "list", "2022-13"), (), 2, "hãy ghi như 2022-01"),
        (("user", "add", "x", "--full-name", "X", "--role", "admin"), finance, 2, "ai yêu cầu?"),
        (("user", "token", "--as", "ngan"), approver, 1, "sai tên hoặc mật khẩu"),
        (("batches", "2022-13"), (), 2, "hãy ghi như 2022-01"),
        (("audit", "list", "2022-13", "--lang", "en"), (), 2, "write it as 2022-01"),
    )
    for words, secrets, code, said in questions:
        process = desk(*words, secrets=secrets)
        assert (process.returncode, process.stderr.count("\n"), process.stdout) == (code, 1, ""), (
            words,
            process.stderr,
        )
        assert said in process.stderr
        assert not [secret for secret in (FINANCE_SECRET, APPROVER_SECRET) if secret in process.stderr]


def test_accounts_and_the_chain_are_told_in_vietnamese(desk: Desk) -> None:
    with_accounts(desk).done("run", "2022-01")
    admin = {"secrets": (ADMIN_SECRET,)}
    assert desk.done("user", "disable", "ngan", "--as", "quan-tri", **admin) == "Đã khóa tài khoản ngan.\n"
    assert desk.done("user", "enable", "ngan", "--as", "quan-tri", **admin) == "Đã mở lại tài khoản ngan.\n"
    accounts = desk.done("user", "list")
    assert "tài chính (finance)" in accounts
    assert "hệ thống" in accounts
    events = desk.done("audit", "list")
    assert "chạy tháng" in events
    assert "tài khoản: ngan" in events
    assert "{" not in events
    written = json.loads(desk.done("audit", "list", "--json"))["events"]
    assert {"run", "user", "parameter_change"} <= {event["action"] for event in written}
    assert {key for event in written for key in event["detail"] if is_told(key)} <= set(DETAILS_VI)


def test_a_chain_changed_past_the_guards_is_told_with_the_number_of_the_link(desk: Desk, database: Database) -> None:
    desk.done("run", "2022-01")
    take_steps(database.engine, "submitted", "approved")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE payroll.audit_event DISABLE TRIGGER USER")
        connection.exec_driver_sql("UPDATE payroll.audit_event SET actor = 'x' WHERE seq = 3")
    process = desk("audit", "verify", "--lang", "en")
    assert (process.returncode, process.stdout) == (1, "The audit chain is broken at event 3.\n")


def test_money_paid_before_is_entered_found_and_cancelled(desk: Desk) -> None:
    with_accounts(desk)
    finance = {"secrets": (FINANCE_SECRET,)}
    header = "reference_month,centre_code,citizen_id,full_name,amount_vnd,document\n"
    line = "2022-01,dong-xoai,070085000001,Nguyễn Thị Thử,2235000,UNC 15\n"
    (desk.folder / "da-chi.csv").write_text(header + line, "utf-8")
    (desk.folder / "nham.csv").write_text(header + line.replace("2022-01", "2035-01"), "utf-8")
    refused = desk("opening", "import", "nham.csv", "--as", "ngan", **finance)
    assert (refused.returncode, refused.stderr.splitlines()[0]) == (
        1,
        "dòng 2 (A2) reference_month: tháng chưa bắt đầu",
    )
    assert desk.done("opening", "list") == "Chưa có dòng đã chi trước nào.\n"
    taken = desk.done("opening", "import", "da-chi.csv", "--as", "ngan", **finance)
    assert "Trong đó 1 dòng thuộc tháng mà chương trình chi (từ 01/2022): số còn phải chi" in taken
    (kept,) = json.loads(desk.done("opening", "list", "2022-01", "--json"))["opening_lines"]
    assert (kept["citizen_id_masked"], kept["cancelled_at"]) == ("070******001", None)
    payment = kept["payment_id"][:8]
    assert payment in (shown := desk.done("opening", "list"))
    assert "070085000001" not in shown
    cancel = ("opening", "cancel", payment, "--reason", "Ghi nhầm tháng", "--as", "ngan")
    assert desk.done(*cancel, **finance) == "Đã hủy 1 dòng đã chi trước, 2.235.000 đ; hãy chạy lại: 2022-01.\n"
    assert "đã hủy" in desk.done("opening", "list")
