"""Whatever a piece of work does to its child, the others are answered and nothing is left behind."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ioc_etl.adapters.killable import Death, Died, KillableRooms, Limits
from ioc_etl.adapters.killable_answers import StrangeAnswerError, packed
from ioc_etl.errors import TransientError
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.reading_words import FileToRead, Unreadable, answer_in_parent
from schemas.raised_finding import RaisedFinding
from schemas.vocabulary import FindingCode
from tests.integration.killable_work import SECRET, Evil

ROOT = Path(__file__).parents[2]
WORK = "tests.integration.killable_work"
LIMITS = Limits(memory_bytes=400 * 2**20, cpu_seconds=1, seconds=3, answer_bytes=2**20)
UNHURRIED = Limits(memory_bytes=400 * 2**20, cpu_seconds=60, seconds=60, answer_bytes=2**20)
"""Where a child is to die of anything but time, however slow the machine is."""


@pytest.fixture(autouse=True)
def _children_find_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def rooms() -> Iterator[KillableRooms]:
    with KillableRooms(WORK, LIMITS, at_most=2) as opened:
        yield opened


def answers(rooms: KillableRooms, *pieces: bytes, setup: bytes = b"") -> list[bytes | Died]:
    found = dict(rooms.each(pieces, bytes, setup=setup))
    assert sorted(found) == list(range(len(pieces)))
    return [found[place] for place in range(len(pieces))]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def await_death(pids: list[int], seconds: float) -> None:
    until = time.monotonic() + seconds
    while any(map(is_alive, pids)):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_every_piece_is_answered_in_its_place(rooms: KillableRooms) -> None:
    pieces = [f"{n}".encode() * (n % 7) * 1000 for n in range(500)]
    assert answers(rooms, *pieces, setup=b"x") == [b"x" + piece for piece in pieces]
    assert answers(rooms, b"1", setup=b"y") == [b"y1"]
    assert answers(rooms) == []


@pytest.mark.parametrize(
    ("deed", "death"),
    [
        (b"eat", Died(Death.MEMORY)),
        (b"hang", Died(Death.TIME)),
        (b"sleep", Died(Death.TIME)),
        (b"much", Died(Death.MEMORY)),
        (b"die", Died(Death.CRASH, "SIGSEGV")),
        (b"leave", Died(Death.CRASH, "exit 3")),
    ],
)
def test_a_piece_that_ends_its_child_is_lost_alone(deed: bytes, death: Died) -> None:
    others = [f"{n}".encode() for n in range(40)]
    limits = LIMITS if death.cause is Death.TIME else UNHURRIED
    with KillableRooms(WORK, limits, at_most=2) as rooms:
        assert answers(rooms, *others, deed, *others, deed) == [*others, death, *others, death]


def test_an_error_tells_its_kind_and_place_and_no_value(rooms: KillableRooms) -> None:
    assert answers(rooms, b"1", b"fail", b"2")[::2] == [b"1", b"2"]
    died = answers(rooms, b"fail")[0]
    assert isinstance(died, Died)
    assert died.detail.startswith("KeyError killable_work.py:")
    assert SECRET not in died.detail


def test_a_child_knows_no_secret_and_no_database(rooms: KillableRooms, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IOC_ETL_DATABASE_URL", "IOC_ETL_SECRET_SFTP", "PGPASSWORD", "AWS_SECRET_ACCESS_KEY", "HOME"):
        monkeypatch.setenv(name, SECRET)
    known = answers(rooms, b"environment")[0]
    assert isinstance(known, bytes)
    assert set(known.decode().split()) <= {"PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LC_CTYPE"}


def test_a_child_writes_no_file_and_tells_nothing_on_the_side(
    rooms: KillableRooms, capfd: pytest.CaptureFixture[str]
) -> None:
    assert answers(rooms, b"write", b"talk", b"1") == [b"OSError", b"talked", b"1"]
    assert capfd.readouterr() == ("", "")


def test_a_child_that_does_not_start_is_no_fault_of_the_piece() -> None:
    for module in ("tests.integration.no_such_module", "tests.integration.provinces"):
        with KillableRooms(module, LIMITS, at_most=2) as rooms, pytest.raises(TransientError, match="does not start"):
            answers(rooms, b"1", b"2", b"3")
    with KillableRooms(WORK, LIMITS, at_most=2) as rooms, pytest.raises(TransientError, match="ValueError") as error:
        answers(rooms, b"1", setup=b"broken")
    assert SECRET not in str(error.value)


def test_nobody_is_left_when_the_rooms_are_left(rooms: KillableRooms) -> None:
    pids = {int(answer) for answer in answers(rooms, *[b"pid"] * 60) if isinstance(answer, bytes)}
    assert pids
    for _ in rooms.each([b"1", b"hang", b"hang"], bytes):
        break
    rooms.close()
    assert not any(map(is_alive, pids))
    for pid in pids:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


@pytest.mark.parametrize("deed", ["hang", "sleep"])
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_children_end_with_their_parent_however_it_ends(deed: str, ending: signal.Signals) -> None:
    """One that is at work is ended by the time it has set itself."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.integration.killable_parent", deed],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    ) as parent:
        assert parent.stdout is not None
        pids = [int(parent.stdout.readline()) for _ in range(2)]
        os.killpg(parent.pid, ending)
        parent.wait(10)
    await_death(pids, 10)


# ---- What a child that was taken over may say


@pytest.mark.parametrize(
    "answer",
    [
        pickle.dumps(Evil()),
        pickle.dumps(os.system),
        packed(time.struct_time(range(9))),
        pickle.dumps({"a": RaisedFinding}),
        b"cbuiltins\neval\n(S'1/0'\ntR.",
        b"cioc_etl.adapters.killable_answers\nos.system\n.",
        packed(Unreadable("x"))[:-3],
        packed([]),
        packed(None),
        b"\x80\x05\x8c\x14schemas.raised_finding\x94.",
        b"",
        bytes(range(256)),
    ],
)
def test_an_answer_of_other_kinds_is_refused(answer: bytes) -> None:
    with pytest.raises(StrangeAnswerError):
        answer_in_parent(answer)


def test_an_answer_changes_no_class_of_ours() -> None:
    """BUILD with a pair of states sets attributes on what stands below it: on the class, if it came within reach."""
    attack = b"cschemas.vocabulary\nFindingCode\n(N(dS'label'\nS'x'\nstb."
    with pytest.raises(StrangeAnswerError):
        answer_in_parent(attack)
    assert not hasattr(FindingCode, "label")


def test_a_child_that_was_taken_over_costs_its_file_alone() -> None:
    with ReadingRooms(WORK, LIMITS) as rooms:
        found = dict(rooms.read([FileToRead(b""), FileToRead(b"x")]))
    assert [type(found[place]) for place in (0, 1)] == [Unreadable, Unreadable]


def test_a_reading_process_starts_without_frames_and_databases() -> None:
    """What makes it start in no time, and its bound of memory a bound of what the file takes."""
    program = (
        "import sys, ioc_etl.pipeline.reading_child\n"
        "print(*{name.partition('.')[0] for name in sys.modules} & "
        "{'polars', 'pandera', 'numpy', 'sqlalchemy', 'pydantic', 'openpyxl', 'prefect', 'fsspec'})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_word_of_ours_is_packed_by_its_value() -> None:
    """Python 3.11.0 to 3.11.3 pack it as a call of `getattr`, which no answer may make: every finding was refused."""
    found = RaisedFinding(FindingCode.NO_ROWS, "tinh")
    assert b"getattr" not in packed(found)
    assert b"NO_ROWS" in packed(found)


def test_a_short_work_is_one_childs_and_a_long_one_is_shared(rooms: KillableRooms) -> None:
    assert len(set(answers(rooms, *[b"pid"] * 8))) == 1
    with KillableRooms(WORK, LIMITS, at_most=2) as others:
        assert len(set(answers(others, *[b"rest"] * 24))) == 2
