"""The commands as people type them, each a process of its own, on the sample input and a real database."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from shell import Shell

from ioc_etl.core.road import ROAD
from tests.conftest import Database

INPUT = Path(__file__).parents[1] / "golden" / "input"
PAID_ID, HELD_ID = "070068027001", "070173535031"


@pytest.fixture
def shell(database: Database, tmp_path: Path) -> Shell:
    root = tmp_path / "input"
    shutil.copytree(INPUT, root)
    return Shell({**database.environment, "IOC_ETL_INPUT": str(root)})


def test_run_tells_rows_paid_held_and_amount_per_centre(shell: Shell) -> None:
    done = shell("run", "2022-01")
    assert done.returncode == 0, done.stderr
    assert "101.320.000 đ" in done.stdout
    assert "40.975.000 đ" in done.stdout


def test_run_gives_one_json_object_and_exit_code_3_for_a_month_with_a_gap(shell: Shell) -> None:
    done = shell("run", "2022-02", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["exit_code"], told["total_vnd"]) == (3, 3, 54_518_035)
    assert {centre["centre_code"]: centre["file_status"] for centre in told["centres"]} == {
        "tinh": "accepted",
        "dong-xoai": "accepted",
        "phuoc-long": "accepted",
        "binh-long": "missing",
    }
    assert all(Path(path).is_file() for path in told["exception_reports"])


def test_no_output_but_explains_holds_a_citizen_id(shell: Shell) -> None:
    done = [shell("run", "2022-02"), shell("run", "2022-02", "--json"), shell("status"), shell("status", "--json")]
    text = "".join(process.stdout + process.stderr for process in done)
    expected = json.loads((INPUT / "expected" / "2022-02.json").read_text(encoding="utf-8"))
    people = [row["citizen_id"] for centre in expected["centres"].values() for row in centre["rows"]]
    assert len(people) == 39
    assert not [person for person in people if person in text]


def test_a_second_run_says_that_nothing_has_changed(shell: Shell) -> None:
    shell("run", "2022-01")
    assert json.loads(shell("run", "2022-01", "--json").stdout)["status"] == "unchanged"


def test_a_late_roster_joins_without_pulling_the_others(shell: Shell) -> None:
    root = Path(shell._environment["IOC_ETL_INPUT"])
    late = root / "rosters" / "2022-01" / "binh-long.xlsx"
    waiting = late.rename(root / "binh-long.xlsx")
    assert shell("run", "2022-01").returncode == 3
    waiting.rename(late)
    done = shell("run", "2022-01", "--centre", "binh-long", "--json")
    assert (done.returncode, json.loads(done.stdout)["total_vnd"]) == (0, 101_320_000)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "2022-13"), "hãy ghi như 2022-01"),
        (("run", "next", "--lang", "en"), "write it as 2022-01"),
        (("run", "2199-01"), "chưa bắt đầu"),
        (("status", "2199-01"), "chưa bắt đầu"),
        (("replay", "2199-01", "--lang", "en"), "has not begun yet"),
        (("replay", "2022-01", "--run", " "), "which run?"),
        (("batches", ""), "hãy ghi như 2022-01"),
        (
            ("approve", "0000", "--total", "1.000.000.000.000.000", "--pay-date", "2022-03-10", "--reason", "x"),
            "không phải là số tiền",
        ),
        (("run", "2022-01", "--centre", "nowhere"), "không có Trung tâm 'nowhere'"),
        (("run", "2022-01", "--lang", "fr"), "--lang vi"),
        (("explain", "000000000000", "2022-01"), "không ai có số căn cước ấy trong danh sách"),
        (("explain", "000000000000", "2022-01", "--lang", "en"), "nobody with that ID"),
        (("check", "nowhere.xlsx"), "không có tệp nowhere.xlsx"),
        (("template", "nowhere"), "không có Trung tâm"),
    ],
)
def test_a_wrong_question_is_one_line_and_exit_code_2(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    done = shell(*arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr
    assert "000000000000" not in done.stderr


def test_an_input_that_is_not_there_fails_with_one_line(shell: Shell, tmp_path: Path) -> None:
    done = shell("run", "2022-01", "--input", str(tmp_path / "nowhere"))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "there is no input folder" in done.stderr


def test_explain_tells_every_rule_the_cell_it_read_and_why_a_person_is_held(shell: Shell) -> None:
    shell("run", "2022-02")
    done = shell("explain", "2022-02", stdin=f"{HELD_ID}\n")
    assert done.returncode == 0, done.stderr
    assert "NOT_APPROVED" in done.stdout
    assert "D33" in done.stdout
    told = json.loads(shell("explain", PAID_ID, "2022-02", "--json").stdout)["rows"][0]
    assert (told["outcome"], told["amount_vnd"], told["quota_rank"], told["quota_limit"]) == ("paid", 2_235_000, 1, 12)
    assert all(rule["passed"] and rule["clause"] for rule in told["rules"])
    assert len(told["rules"]) == len(ROAD)


def test_check_gives_a_centre_the_findings_of_the_months_run(shell: Shell) -> None:
    roster = Path(shell._environment["IOC_ETL_INPUT"]) / "rosters" / "2022-02" / "dong-xoai.xlsx"
    done = shell("check", str(roster), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["is_accepted"]) == (3, True)
    codes = {(finding["cell"], finding["code"]) for finding in told["findings"] if finding["severity"] == "block"}
    assert codes == {
        ("D4", "ID_INVALID"),
        ("B7", "CELL_UNREADABLE"),
        ("F8", "CATEGORY_NOT_ELIGIBLE"),
        ("N10", "OTHER_SUPPORT_STILL_PAID"),
    }


@pytest.mark.parametrize(("name", "people"), [("phuoc-long.csv", 9), ("tinh.xlsx", 19)])
def test_check_without_registers_gives_everybody_a_post(tmp_path: Path, name: str, people: int) -> None:
    roster = INPUT / "rosters" / "2022-01" / name
    done = Shell({"IOC_ETL_HOME": str(tmp_path / "home")})("check", str(roster), "--month", "2022-01", "--json")
    told = json.loads(done.stdout)
    assert told["without_registers"]
    assert (done.returncode, told["rows"]["paid"]) == (0, people)


def test_what_check_tells_holds_no_whole_number_and_in_json_no_name_of_a_row_that_slipped(tmp_path: Path) -> None:
    """One row stands a column further right from its birth date on, another one further left."""
    lines = (INPUT / "rosters" / "2022-01" / "phuoc-long.csv").read_text(encoding="utf-8-sig").splitlines()
    delimiter = max(";,\t", key=lines[0].count)
    first, second = (
        next(place for place, line in enumerate(lines) if line.startswith(f"{n}{delimiter}")) for n in "12"
    )
    rows = [line.split(delimiter) for line in lines]
    name, wrong_name = rows[first][1], rows[second][1]
    rows[first] = [*rows[first][:2], "x", *rows[first][2:-1]]
    rows[second] = [*rows[second][:1], *rows[second][2:], ""]
    rows[second][6] = wrong_name
    roster = tmp_path / "phuoc-long.csv"
    roster.write_text("\n".join(delimiter.join(row) for row in rows), encoding="utf-8")
    shell = Shell({"IOC_ETL_HOME": str(tmp_path / "home")})
    spoken, told = (shell("check", str(roster), "--month", "2022-01", *more).stdout for more in ((), ("--json",)))
    assert len(json.loads(told)["findings"]) > 4
    assert [re.findall("[0-9]{9,}", text) for text in (spoken, told)] == [[], []]
    assert [text for text in (name, wrong_name) if text in told] == []


def test_check_needs_no_database(tmp_path: Path) -> None:
    roster = INPUT / "rosters" / "2022-01" / "phuoc-long.csv"
    broken = {"IOC_ETL_HOME": str(tmp_path / "home"), "IOC_ETL_DATABASE_URL": "postgresql://nowhere:1/none"}
    done = Shell({**broken, "IOC_ETL_INPUT": str(INPUT)})("check", str(roster))
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "home").exists()


def test_vietnamese_is_told_in_a_locale_that_knows_ascii_only(shell: Shell) -> None:
    done = shell("impact", "2022", environment={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""})
    assert (done.returncode, done.stderr) == (0, "")
    assert "TÁC ĐỘNG NGÂN SÁCH" in done.stdout


WITHOUT_UTF8 = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def test_letters_that_a_locale_loses_are_refused_before_a_folder_is_made_or_a_reason_kept(tmp_path: Path) -> None:
    home = tmp_path / "nhà"
    for shell, arguments in (
        (Shell({"IOC_ETL_HOME": str(home)}), ("status",)),
        (Shell({"IOC_ETL_HOME": str(tmp_path)}), ("submit", "2022-01/tinh/regular/1", "--reason", "Đã soát")),
    ):
        done = shell(*arguments, environment=WITHOUT_UTF8)
        assert (done.returncode, done.stderr.count("\n"), "PYTHONUTF8=1" in done.stderr) == (2, 1, True)
    assert not any(tmp_path.iterdir())


def test_a_locale_without_vietnamese_hinders_nobody_whose_folders_have_plain_names(shell: Shell) -> None:
    done = shell("status", environment=WITHOUT_UTF8)
    assert (done.returncode, "ioc-etl run" in done.stdout) == (0, True)


def test_check_reads_registers_too(tmp_path: Path) -> None:
    register = tmp_path / "establishment.csv"
    good = (INPUT / "registers" / "establishment.csv").read_text(encoding="utf-8")
    register.write_text(good.replace("2022-01-01,,9", "2022-01-01,,chín", 1), encoding="utf-8")
    done = Shell({"IOC_ETL_HOME": str(tmp_path)})("check", str(register), "--month", "2022-01", "--json")
    assert done.returncode == 3, done.stderr
    assert [finding["code"] for finding in json.loads(done.stdout)["findings"]] == ["REGISTER_ROW_INVALID"]


def test_template_writes_an_empty_roster_and_never_over_a_file(shell: Shell, tmp_path: Path) -> None:
    form = tmp_path / "dong-xoai.xlsx"
    assert shell("template", "dong-xoai", "--month", "2022-03", "--out", str(form)).returncode == 0
    assert openpyxl.load_workbook(form).sheetnames
    assert shell("template", "dong-xoai", "--month", "2022-03", "--out", str(form)).returncode == 2
    told = json.loads(shell("check", str(form), "--month", "2022-03", "--json").stdout)
    assert [finding["code"] for finding in told["findings"] if finding["level"] == "file"] == ["NO_ROWS"]


def test_status_says_what_to_do_next(shell: Shell) -> None:
    assert shell("status").returncode == 0
    shell("run", "2022-02")
    told = json.loads(shell("status", "2022-02", "--json").stdout)["centres"]
    assert {centre["centre_code"]: centre["next_step"] for centre in told}["binh-long"] == "send"


def test_the_impact_table_of_2022_names_the_printed_figures_and_the_policys_own(shell: Shell) -> None:
    done = shell("impact", "2022")
    assert done.returncode == 0, done.stderr
    for figure in ("42.465.000", "1.233.720.000", "221.265.000", "40.975.000", "1.215.840.000", "66", "99"):
        assert figure in done.stdout


def test_the_database_is_sound_after_a_month(shell: Shell) -> None:
    shell("run", "2022-02")
    assert shell("db", "check").returncode == 0
    assert shell("db", "upgrade").returncode == 0


def test_help_answers_before_anything_heavy_is_imported() -> None:
    heavy = "prefect|polars|pandera|sqlalchemy|openpyxl|xlrd"
    code = (
        "import sys; sys.argv = ['ioc-etl', '--help']\n"
        "from ioc_etl.cli import main\n"
        "try: main()\n"
        f"finally: print([name for name in '{heavy}'.split('|') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]"
    assert "Example: ioc-etl run 2022-01" in done.stdout
