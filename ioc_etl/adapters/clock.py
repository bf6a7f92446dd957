"""The one clock. Nothing else in the project asks what time it is.

A demo lives on a day of its own: its months are of years ago, and nobody pays into the past.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ioc_etl.errors import UsageError

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
DEMO_DAY = "demo-day"
"""The file in a demo's home that holds its day, as 2022-03-10."""


def _system_time() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells the time; another `read` tells another time (`Clock.stopped_at` in tests)."""

    read: Callable[[], datetime] = _system_time

    @classmethod
    def stopped_at(cls, moment: datetime) -> "Clock":
        """A clock that always tells one moment, which must know its time zone."""
        return cls(lambda: moment)

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self.read().astimezone(UTC)

    def today_in_vietnam(self) -> date:
        """The calendar day where the centres are."""
        return self.read().astimezone(VIETNAM).date()


def clock_of(home: Path) -> Clock:
    """The clock of the installation with that home: the system's, on the demo's day where the home holds one.

    Raises:
        UsageError: the home holds something else than a day.
    """
    try:
        text = (home / DEMO_DAY).read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return Clock()
    except (OSError, UnicodeDecodeError) as error:
        raise _no_day(home) from error
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise _no_day(home) from error
    return Clock(lambda: datetime.combine(day, datetime.now(VIETNAM).time(), VIETNAM))


def _no_day(home: Path) -> UsageError:
    file = home / DEMO_DAY
    return UsageError(
        f"{file} holds no day: it is the demo's, as 2022-03-10; delete it where nobody tries the demo",
        f"{file} không chứa ngày nào: đó là ngày của dữ liệu mẫu, như 2022-03-10; không dùng thử thì hãy xóa tệp",
    )
