"""The one clock. Nothing else in the project asks what time it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


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
