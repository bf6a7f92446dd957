"""The audit chain, for people: what was done, and whether anybody has changed it since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ioc_etl.adapters import audit
from ioc_etl.pipeline.services import Services


@dataclass(frozen=True, slots=True)
class ChainReport:
    """How many events there are, and the number of the first broken link; null when all hold."""

    events: int
    broken_at: int | None


def verify(services: Services) -> ChainReport:
    """Walk the chain from its first event; the hashes are computed here."""
    with services.engine.connect() as connection:
        return ChainReport(audit.count(connection), audit.first_broken_link(connection))


def events(services: Services, month: date | None = None, *, limit: int) -> Sequence[Mapping[str, object]]:
    """The last events of a month, or of all, the earliest first."""
    with services.engine.connect() as connection:
        return [dict(event) for event in audit.events(connection, month, limit=limit)]
