"""The worked example of `docs/vi-du-truy-linh-truy-thu.md`, done as the page says it, command by command.

The page is the script: its `sh` blocks are typed, what they answer is the `text` block below each, its `yaml` block is
the policy file, and its tables are held against the ledger. `UPDATE_DOCS=1` writes the answers anew; the amounts stand
here too.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from openpyxl import load_workbook
from program import ioc_etl

from ioc_etl.adapters.clock import DEMO_DAY
from tests.conftest import Database
from tests.contract.documents import document

PROJECT = Path(__file__).parents[2]
ROSTERS = PROJECT / "tests" / "golden" / "input" / "rosters" / "2022-01"
PAGE = PROJECT / "docs" / "vi-du-truy-linh-truy-thu.md"
SECRETS = {"quan-tri": "mật khẩu quản trị", "ngan": "mật khẩu tài chính", "lanh-dao": "mật khẩu lãnh đạo"}
PROGRESS = re.compile(r"[\w ]+: \d+/\d+")
NEVER_TWICE = re.compile(
    r"(?<=\(run )[0-9a-f]{8}|(?<=sha256 )[0-9a-f]{12}|[0-9a-f]{12} → [0-9a-f]{12}"
    r"|2022-01(?:-[a-z2-7]{6}){7}|\d+(?= ngày)|(?<=: \d\d:)[0-9a-f]{16}"
)
"""A run, a file, a plan, days gone by, a link of the chain: a workbook holds the second it was saved, and so does what
is made of it."""

MAI, LONG, TRANG, VIET, YEN = 2, 3, 4, 5, 6
"""Rows of Đồng Xoài's workbook."""
TRANG_AT_PHUOC_LONG = (
    "4;Đặng Ngọc Trang;05/02/1969;070169578043;Công an thị xã Phước Long;Công an;"
    "Giám sát, điều hành an toàn, an ninh mạng;Y tế;Trực tiếp;3;;;;;39570044;Vietcombank CN Bình Phước\n"
)
BEFORE_VND, AFTER_VND = 2_235_000, 2_400_000
LINES = {
    ("2022-01/dong-xoai/regular/1", "Trịnh Thị Thu Mai", BEFORE_VND, "decided"),
    ("2022-01/dong-xoai/regular/1", "Dương Văn Long", BEFORE_VND, "decided"),
    ("2022-01/dong-xoai/regular/1", "Đặng Ngọc Trang", BEFORE_VND, "decided"),
    ("2022-01/dong-xoai/regular/1", "Điểu Văn Việt", BEFORE_VND, "decided"),
    ("2022-01/phuoc-long/regular/1", "Lương Trọng Vinh", BEFORE_VND, "decided"),
    ("2022-01/phuoc-long/regular/1", "Đặng Đức Đạt", BEFORE_VND, "decided"),
    ("2022-01/phuoc-long/regular/1", "Nguyễn Duy Khoa", BEFORE_VND, "decided"),
    ("2022-01/dong-xoai/recovery/1", "Dương Văn Long", -BEFORE_VND, "no_right"),
    ("2022-01/dong-xoai/recovery/1", "Đặng Ngọc Trang", -BEFORE_VND, "moved"),
    ("2022-01/dong-xoai/arrears/1", "Trịnh Thị Thu Mai", 165_000, "base_salary"),
    ("2022-01/dong-xoai/arrears/1", "Điểu Văn Việt", 165_000, "base_salary"),
    ("2022-01/dong-xoai/arrears/1", "Đặng Thị Yến", AFTER_VND, "late"),
    ("2022-01/phuoc-long/arrears/1", "Lương Trọng Vinh", 165_000, "base_salary"),
    ("2022-01/phuoc-long/arrears/1", "Đặng Đức Đạt", 165_000, "base_salary"),
    ("2022-01/phuoc-long/arrears/1", "Nguyễn Duy Khoa", 165_000, "base_salary"),
    ("2022-01/phuoc-long/arrears/1", "Đặng Ngọc Trang", AFTER_VND, "moved"),
}
REFUSED = (
    "không ai tự duyệt việc mình làm",
    "tổng số tiền ghi vào không đúng với đợt chi",
    "đợt chi 2022-01/dong-xoai/regular/1 đã duyệt: không ghi nhận kết quả được",
    "không duyệt 2022-01/phuoc-long/arrears/1: 1 người sẽ nhận quá một mức hỗ trợ của tháng",
    "hãy duyệt đợt truy thu trước: 2022-01/dong-xoai/recovery/1",
    "không trình 2022-01/dong-xoai/recovery/1: còn 2 khoản truy thu chưa được xác nhận",
)
CAUSES = {
    "decided": "theo danh sách của tháng",
    "no_right": "không thuộc diện hưởng",
    "moved": "chuyển Trung tâm",
    "base_salary": "đổi mức lương cơ sở",
    "late": "bổ sung vào danh sách",
}


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block of the page, and the heading of the second level it stands below."""

    heading: str
    language: str
    text: str


def blocks(page: str) -> Iterator[Block]:
    for section in re.split(r"^## ", page, flags=re.MULTILINE):
        for language, text in re.findall(r"^```(\w+)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL):
            yield Block(section.partition("\n")[0], language, text)


@dataclass(slots=True)
class Desk:
    """Somebody at a terminal in a folder: what they export stays, what is asked for they answer."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def type(self, line: str) -> str:
        """One line of a shell block; its answer, or the refusal."""
        words = shlex.split(line)
        if words[0] == "export":
            self.environment |= dict([words[1].split("=", 1)])
            return ""
        assert words[0] == "ioc-etl", line
        done = self._run(words[1:])
        told = [said for said in done.stderr.splitlines() if not PROGRESS.fullmatch(said)]
        refused = any(said.startswith("ioc-etl: ") for said in told)
        assert (done.returncode != 0) is refused, (line, done.stderr)
        return "".join(f"{said.rstrip()}\n" for said in [*told, *done.stdout.splitlines()])

    def _run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        asked = [words[words.index("--as") + 1]] if "--as" in words else []
        asked += [words[2]] if words[:2] == ["user", "add"] else []
        asking = ["--password-stdin"] if asked else []
        stdin = "".join(f"{SECRETS[name]}\n" for name in asked)
        return ioc_etl(*words, *asking, environment=self.environment, stdin=stdin, folder=self.folder)


def lives_on(folder: Path, day: str) -> None:
    (folder / "home" / DEMO_DAY).write_text(day, "utf-8")


def send_first_rosters(folder: Path) -> None:
    """Four people of Đồng Xoài and three of Phước Long; one more worked at Đồng Xoài and is on no roster."""
    lives_on(folder, "2022-02-10")
    send_registers(folder / "input" / "registers")
    packaged = yaml.safe_load((PROJECT / "ioc_etl" / "policy" / "centres.yaml").read_text("utf-8"))["centres"]
    two = {code: packaged[code] for code in ("dong-xoai", "phuoc-long")}
    (folder / "hai-trung-tam.yaml").write_text(yaml.safe_dump({"centres": two}, allow_unicode=True), "utf-8")
    (folder / "input" / "rosters" / "2022-01").mkdir(parents=True)
    send_dong_xoai(folder, MAI, LONG, TRANG, VIET)
    send_phuoc_long(folder)


def send_registers(registers: Path) -> None:
    """Those that the two centres need, with a budget for whatever year the example is done in."""
    shutil.copytree(ROSTERS.parents[1] / "registers", registers)
    for register in ("approved_list.csv", "establishment.csv"):
        lines = (registers / register).read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(("tinh,", "binh-long,"))]
        (registers / register).write_text("".join(kept), "utf-8")
    with (registers / "budget.csv").open("a", encoding="utf-8") as budget:
        for year in range(2028, 2100):
            for source in ("dong-xoai", "phuoc-long"):
                budget.write(f"{source},{year},1/QĐ-UBND,{year - 1}-12-24,409860000\n")


def send_mended_rosters(folder: Path) -> None:
    """A month later: Long is on a contract, Yến was forgotten, Trang worked at Phước Long."""
    lives_on(folder, "2022-03-10")
    send_dong_xoai(folder, MAI, LONG, VIET, YEN, on_contract=LONG)
    send_phuoc_long(folder, TRANG_AT_PHUOC_LONG)


def send_dong_xoai(folder: Path, *kept: int, on_contract: int | None = None) -> None:
    book = load_workbook(ROSTERS / "dong-xoai.xlsx")
    del book["T12"]
    sheet = book["T01"]
    column = next(cell.column for cell in sheet[1] if cell.value == "Đối tượng")
    if on_contract is not None:
        sheet.cell(on_contract, column).value = "Hợp đồng"
    for row in reversed(range(2, sheet.max_row + 1)):
        if row not in kept:
            sheet.delete_rows(row)
    book.save(folder / "input" / "rosters" / "2022-01" / "dong-xoai.xlsx")


def send_phuoc_long(folder: Path, *more: str) -> None:
    lines = (ROSTERS / "phuoc-long.csv").read_text("utf-8").splitlines(keepends=True)
    (folder / "input" / "rosters" / "2022-01" / "phuoc-long.csv").write_text("".join([*lines[:4], *more]), "utf-8")


BEFORE_SECTION = {"1": send_first_rosters, "3": send_mended_rosters}
"""What happens outside the program before a numbered section of the page."""


def follow(page: str, desk: Desk) -> Iterator[tuple[str, str]]:
    """Do what the page says, in its order; yields each text block as printed and as answered."""
    answer, heading = "", ""
    for block in blocks(page):
        if block.heading != heading:
            heading = block.heading
            BEFORE_SECTION.get(heading.partition(".")[0], lambda _: None)(desk.folder)
        if block.language == "sh":
            assert answer == "", f"nothing is printed below the block before: {block.text}"
            answer = "".join(desk.type(line) for line in block.text.splitlines())
        elif block.language == "yaml":
            name = "base_salary" if "lương" in block.text else "payment_permissions"
            (desk.folder / "chinh-sach").mkdir(exist_ok=True)
            (desk.folder / "chinh-sach" / f"{name}.yaml").write_text(block.text, "utf-8")
        else:
            yield block.text, answer
            answer = ""


def alike(text: str) -> str:
    return NEVER_TWICE.sub("#", text)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(tmp_path, database.environment)


def test_the_worked_example_goes_as_the_page_says(desk: Desk, database: Database) -> None:
    page = PAGE.read_text("utf-8")
    for printed, answered in follow(page, desk):
        if os.environ.get("UPDATE_DOCS") and alike(printed) != alike(answered):
            page = page.replace(f"```text\n{printed}```", f"```text\n{answered}```", 1)
            PAGE.write_text(page, "utf-8")
            continue
        assert alike(printed) == alike(answered)
    ledger = lines(database)
    assert {line[:2] + line[3:] for line in ledger} == LINES
    assert sum(line[3] for line in ledger) == 7 * AFTER_VND == 16_800_000
    shown = [row for heading in ("2. Chi tháng 01", "4. Những khoản còn phải chi, phải thu") for row in table(heading)]
    assert sorted(shown) == sorted(as_shown(line) for line in ledger)
    assert sorted(table("6. Không còn gì phải chi")) == sorted(totals(ledger))
    assert statuses(database) == {"paid"}
    assert [said for said in REFUSED if said not in page] == []
    assert re.findall(r"\d{9,}", alike(page)) == [], "an ID or an account is shown whole"


def lines(database: Database) -> list[tuple[str, str, str, int, str]]:
    """Every line of the ledger: batch, name, masked ID, đồng, cause."""
    query = (
        "SELECT to_char(b.reference_month, 'YYYY-MM') || '/' || b.centre_code || '/' || b.kind || '/' || b.number, "
        "l.full_name, left(l.citizen_id, 3) || '******' || right(l.citizen_id, 3), l.amount_vnd, l.cause "
        "FROM payroll.payment_line l JOIN payroll.batch b USING (batch_id)"
    )
    with database.engine.connect() as connection:
        return [(row[0], row[1], row[2], row[3], row[4]) for row in connection.execute(sa.text(query))]


def statuses(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        return set(connection.scalars(sa.text("SELECT status FROM payroll.batch")))


def table(heading: str) -> list[list[str]]:
    return document("docs/vi-du-truy-linh-truy-thu.md").table(heading)


def as_shown(line: tuple[str, str, str, int, str]) -> list[str]:
    batch, name, citizen_id, amount, cause = line
    return [f"`{batch}`", name, citizen_id, dong(amount), CAUSES[cause]]


def totals(ledger: list[tuple[str, str, str, int, str]]) -> Iterator[list[str]]:
    """Every person: regular, recovery, arrears, and all together."""
    for person in {line[1] for line in ledger}:
        theirs = [(batch.split("/")[2], amount) for batch, name, _, amount, _ in ledger if name == person]
        sums = [sum(amount for of, amount in theirs if of == kind) for kind in ("regular", "recovery", "arrears")]
        yield [person, *(dong(amount) for amount in (*sums, sum(sums)))]


def dong(amount: int) -> str:
    return f"{amount:,} đ".replace(",", ".").replace("-", "−")
