"""The clock: UTC for records, Vietnam's day for people."""

from datetime import UTC, date, datetime, timedelta, timezone

from ioc_etl.adapters.clock import Clock


def test_a_stopped_clock_tells_one_moment_in_utc() -> None:
    moment = datetime(2022, 2, 1, 6, 0, tzinfo=timezone(timedelta(hours=7)))
    assert Clock.stopped_at(moment).now() == datetime(2022, 1, 31, 23, 0, tzinfo=UTC)
    assert Clock.stopped_at(moment).now().utcoffset() == timedelta(0)


def test_the_day_is_vietnams() -> None:
    assert Clock.stopped_at(datetime(2022, 1, 31, 16, 59, tzinfo=UTC)).today_in_vietnam() == date(2022, 1, 31)
    assert Clock.stopped_at(datetime(2022, 1, 31, 17, 0, tzinfo=UTC)).today_in_vietnam() == date(2022, 2, 1)


def test_the_systems_clock_knows_its_zone() -> None:
    assert Clock().now().tzinfo is UTC
