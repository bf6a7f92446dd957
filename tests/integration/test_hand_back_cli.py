"""Handing back and in as people type it."""

import re
from pathlib import Path

import pytest

from ioc_etl.pipeline.actors import renew_token
from tests.conftest import Database
from tests.integration.hand_back_office import PART, TESTER, Office
from tests.integration.shell import Shell


@pytest.fixture
def shell(february_database: Database, february_office: Office) -> Shell:
    root = february_office.services.settings.input_root
    token = renew_token(february_office.services, name=TESTER)
    return Shell({**february_database.environment, "IOC_ETL_INPUT": str(root), "IOC_ETL_TOKEN": token})


def test_the_commands_tell_what_was_written_and_what_comes_next(
    shell: Shell, february_office: Office, tmp_path: Path
) -> None:
    done = shell("hand-back", "2022-02", "dong-xoai")
    written = Path(done.stdout.splitlines()[0])
    assert (done.returncode, written.name) == (0, "dong-xoai-2022-02-tra-lai.xlsx")
    assert written.stat().st_mode & 0o077 == 0
    assert "Đã tiếp nhận; 5 lỗi chặn, 9 cảnh báo" in done.stdout

    out = tmp_path / "tra-lai.xlsx"
    assert shell("hand-back", "2022-02", "dong-xoai", "--out", str(out)).returncode == 0
    assert shell("hand-back", "2022-02", "dong-xoai", "--out", str(out)).returncode == 0
    out.write_bytes(b"somebody's own")
    refused = shell("hand-back", "2022-02", "dong-xoai", "--out", str(out))
    assert (refused.returncode, out.read_bytes()) == (2, b"somebody's own")

    february_office.sends(PART.read_bytes())
    told = [shell("run", "2022-02"), shell("hand-in", "2022-02", "dong-xoai", "--others", "stand", "--reason", "thử")]
    assert [process.returncode for process in told] == [3, 0]
    assert "4 dòng đã sửa, 0 người mới, 5 dòng khác giữ nguyên" in told[1].stdout
    assert "ioc-etl run 2022-02" in told[1].stdout
    again = shell("hand-in", "2022-02", "dong-xoai", "--others", "stand", "--reason", "thử", "--lang", "en")
    assert (again.returncode, "nothing has changed" in again.stdout) == (0, True)
    assert "17.880.000 đ" in shell("run", "2022-02").stdout
    (said,) = february_office.rows("SELECT actor FROM landing.mended_roster")
    assert said["actor"] == TESTER
    everything = "".join(process.stdout + process.stderr for process in [done, refused, *told, again])
    assert not re.search(r"\d{9,}", everything)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("hand-back", "2022-13", "dong-xoai"), "hãy ghi như 2022-01"),
        (("hand-back", "2022-02", "nowhere"), "không có Trung tâm"),
        (("hand-back", "2022-02", "binh-long"), "chưa gửi gì cho 2022-02"),
        (("hand-back", "2021-07", "dong-xoai", "--lang", "en"), "has sent nothing for 2021-07"),
        (("hand-in", "2022-02", "dong-xoai", "--others", "maybe", "--reason", "x"), "use --others stand"),
        (("hand-in", "2022-02", "dong-xoai", "--others", "left", "--reason", " "), "hãy ghi lý do"),
        (("hand-in", "2022-02", "binh-long", "--others", "left", "--reason", "x"), "không có gì để xác nhận"),
        (("hand-in", "2022-02", "dong-xoai", "--others", "left", "--reason", "x"), "không sửa danh sách nào"),
    ],
)
def test_a_wrong_question_is_one_line_and_exit_code_2(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    done = shell(*arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert said in done.stderr


def test_a_file_that_cannot_be_read_is_exit_code_1(shell: Shell, february_office: Office) -> None:
    february_office.sends(b"%PDF-1.4 x")
    shell("run", "2022-02")
    done = shell("hand-back", "2022-02", "dong-xoai")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "không trả lại được dong-xoai.xlsx: tệp là PDF. Hãy báo cho Trung tâm: " in done.stderr
