"""The clock: UTC for records, Vietnam's day for people."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from ioc_etl.adapters.clock import DEMO_DAY, Clock, clock_of
from ioc_etl.errors import UsageError


def test_a_stopped_clock_tells_one_moment_in_utc() -> None:
    moment = datetime(2022, 2, 1, 6, 0, tzinfo=timezone(timedelta(hours=7)))
    assert Clock.stopped_at(moment).now() == datetime(2022, 1, 31, 23, 0, tzinfo=UTC)
    assert Clock.stopped_at(moment).now().utcoffset() == timedelta(0)


def test_the_day_is_vietnams() -> None:
    assert Clock.stopped_at(datetime(2022, 1, 31, 16, 59, tzinfo=UTC)).today_in_vietnam() == date(2022, 1, 31)
    assert Clock.stopped_at(datetime(2022, 1, 31, 17, 0, tzinfo=UTC)).today_in_vietnam() == date(2022, 2, 1)


def test_the_systems_clock_knows_its_zone() -> None:
    assert Clock().now().tzinfo is UTC


def test_a_home_with_a_demos_day_lives_on_it(tmp_path: Path) -> None:
    (tmp_path / DEMO_DAY).write_text("2022-03-10\n", "utf-8")
    assert clock_of(tmp_path).today_in_vietnam() == date(2022, 3, 10)


@pytest.mark.parametrize("home", [".", "nowhere"])
def test_every_other_home_lives_today(tmp_path: Path, home: str) -> None:
    assert clock_of(tmp_path / home) == Clock()


@pytest.mark.parametrize("text", [b"", b"10/03/2022", b"\xff"])
def test_a_home_with_another_word_there_is_refused(tmp_path: Path, text: bytes) -> None:
    (tmp_path / DEMO_DAY).write_bytes(text)
    with pytest.raises(UsageError, match="holds no day"):
        clock_of(tmp_path)
