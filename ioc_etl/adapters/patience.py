"""How long sources are waited for: tries, pauses, how many at once, how long one file may take."""

from collections.abc import Mapping
from dataclasses import dataclass

from ioc_etl.adapters.source_store import SECONDS_PER_FILE
from ioc_etl.errors import UsageError

RETRIES = "IOC_ETL_PULL_RETRIES"
RETRY_SECONDS = "IOC_ETL_PULL_RETRY_SECONDS"
AT_ONCE = "IOC_ETL_PULL_AT_ONCE"
SECONDS = "IOC_ETL_PULL_SECONDS"
SETTLING_SECONDS = "IOC_ETL_PULL_SETTLING_SECONDS"

_DOUBLINGS_AT_MOST = 6


@dataclass(frozen=True, slots=True)
class Patience:
    """How a step is tried again: `retries` times, each pause twice the one before.

    `at_once` centres are pulled at a time; a listing or a file may take `seconds` in all, its connection included. A
    scheduled pull looks at a distant file twice, `settling_seconds` apart: one that changed is still being written.
    """

    retries: int = 4
    first_pause_seconds: float = 15.0
    at_once: int = 8
    seconds: float = SECONDS_PER_FILE
    settling_seconds: float = 30.0

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Patience":
        """Read the five variables; an unset or empty one leaves the default.

        Raises:
            UsageError: one of them is no number, or a negative one, or the time for a file is none at all.
        """
        default = cls()
        seconds = _number(environ, SECONDS, default.seconds)
        if not seconds:
            raise UsageError(f"{SECONDS} is 0; nothing can be read in no time")
        return cls(
            retries=int(_number(environ, RETRIES, default.retries)),
            first_pause_seconds=_number(environ, RETRY_SECONDS, default.first_pause_seconds),
            at_once=max(1, int(_number(environ, AT_ONCE, default.at_once))),
            seconds=seconds,
            settling_seconds=_number(environ, SETTLING_SECONDS, default.settling_seconds),
        )

    def pauses(self) -> list[float]:
        """Seconds before each retry."""
        return [self.first_pause_seconds * 2 ** min(retry, _DOUBLINGS_AT_MOST) for retry in range(self.retries)]


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name, "").strip()
    if not text:
        return default
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise UsageError(f"{name} is {text!r}; it must be a number that is not negative")
    return number
