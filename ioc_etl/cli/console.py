"""What people see: tables and lines on stdout, progress on stderr, or one JSON object on stdout."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from textwrap import wrap
from typing import TYPE_CHECKING

from ioc_etl.pipeline.services import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

STEPS_VI = {
    "wait": "đợi lần chạy khác đang giữ tháng này",
    "pull": "lấy hồ sơ",
    "retry": "nguồn hồ sơ chưa trả lời; đợi rồi thử lại, lần",
    "read": "đọc hồ sơ",
    "decide": "xét từng dòng",
    "load": "ghi vào cơ sở dữ liệu",
}
STEPS_EN = {
    "wait": "waiting for the run that holds this month",
    "pull": "pulling files",
    "retry": "a source does not answer; waiting to try again, number",
    "read": "reading files",
    "decide": "deciding rows",
    "load": "loading",
}


_WIDTH = 120
_GLUE = "\N{NO-BREAK SPACE}"


def say(text: str = "") -> None:
    """A line for people, on stdout."""
    sys.stdout.write(f"{text}\n")


def say_list(text: str) -> None:
    """A long list for people, on stdout: a line breaks after a comma, never within an item."""
    glued = text.replace(" ", _GLUE).replace(f",{_GLUE}", ", ")
    lines = wrap(glued, _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    say("\n".join(lines).replace(_GLUE, " "))


def note(text: str) -> None:
    """A line for people that never mixes with data, on stderr."""
    sys.stderr.write(f"{text}\n")


def say_json(value: object) -> None:
    """One JSON object on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """A table: with rules on a terminal, plain columns elsewhere. `right` are the columns of numbers."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    is_terminal = sys.stdout.isatty()
    drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for place, title in enumerate(header):
        drawn.add_column(title, justify="right" if place in right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*row)
    width = None if is_terminal else max(_WIDTH, sum(_widest(header, rows, place) + 3 for place in range(len(header))))
    Console(width=width, highlight=False, markup=False, no_color=not is_terminal).print(drawn)


def _widest(header: Sequence[str], rows: Sequence[Sequence[str]], place: int) -> int:
    return max(len(row[place]) for row in [header, *rows])


@contextmanager
def progress(lang: str) -> Iterator[Progress]:
    """Bars on a terminal, a line a step elsewhere; always on stderr."""
    names = STEPS_VI if lang == "vi" else STEPS_EN
    if not sys.stderr.isatty():
        yield _plain(names)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _drawn(bars, names)


def _plain(names: dict[str, str]) -> Progress:
    def told(step: str, done: int, total: int) -> None:
        if done == total or step == "retry":
            note(f"{names.get(step, step)}: {done}/{total}")

    return told


def _drawn(bars: "Bars", names: dict[str, str]) -> Progress:
    tasks: dict[str, TaskID] = {}

    def told(step: str, done: int, total: int) -> None:
        if step not in tasks:
            tasks[step] = bars.add_task(names.get(step, step), total=total)
        bars.update(tasks[step], completed=done, total=total)

    return told
