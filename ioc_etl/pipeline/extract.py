"""Pulling a month: which files there are, and their bytes. Retried by who calls, when an error is transient."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from unicodedata import category

from ioc_etl.adapters.sources import InputRoot, PulledFile, centre_of, files_of
from ioc_etl.core.month import month_code
from ioc_etl.errors import TransientError
from ioc_etl.pipeline.services import Progress, Services, no_progress
from ioc_etl.policy.model import MonthPolicy
from ioc_etl.policy.resolve import policy_at
from schemas.vocabulary import RegisterName


@dataclass(frozen=True, slots=True)
class PulledCentre:
    """What one centre's source held for the month: no file, one, or (a mistake) several."""

    centre_code: str
    files: tuple[PulledFile, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class PulledRegisters:
    """The registers as they came; a register may be there in several endings by mistake."""

    files: dict[RegisterName, tuple[PulledFile, ...]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PulledMonth:
    """Everything that was pulled for one run.

    `ignored` are files in the month's folder that belong to no centre, `unreachable` the centres whose source could not
    be read: the month goes on with what they sent before.
    """

    centres: tuple[PulledCentre, ...]
    registers: PulledRegisters
    ignored: tuple[str, ...] = ()
    unreachable: tuple[str, ...] = ()


def centres_due(services: Services, month: date) -> list[str]:
    """Codes of the centres to pull: the open ones, and planned ones that sent a file all the same."""
    sent = {centre_of(name) for name in services.root.month_files(month_code(month))}
    opened = services.open_centres(month)
    return [code for code in services.policy.centres if code in opened or code in sent]


def pull_centre(services: Services, month: date, centre_code: str) -> PulledCentre:
    """One centre's files of the month. A missing file is no error.

    Raises:
        TransientError: the source could not be read just now.
    """
    centre = services.centre(centre_code)
    root = services.root_of(centre)
    names = files_of(centre_code, root.month_files(month_code(month)))
    return _pulled(root, month, centre_code, names, policy_at(services.policy, month))


def pull_registers(services: Services) -> PulledRegisters:
    """All registers of the input root.

    Raises:
        SourceError: there is no input root.
        TransientError: the source could not be read just now.
    """
    services.root.require()
    return PulledRegisters({name: services.root.pull_register(name) for name in RegisterName})


def ignored_files(services: Services, month: date) -> tuple[str, ...]:
    """Files in the month's folder that belong to no centre, by names that can be kept and shown.

    A byte that is no UTF-8 and a control character are told as �.
    """
    names = services.root.month_files(month_code(month))
    return tuple(_shown(name) for name in names if centre_of(name) not in services.policy.centres)


def _shown(name: str) -> str:
    return "".join("�" if category(character) in {"Cc", "Cs"} else character for character in name)


def pull_month(
    services: Services, month: date, centres: Collection[str] | None = None, progress: Progress = no_progress
) -> PulledMonth:
    """The registers, and the files of the given centres (all that are due when none are given)."""
    registers = pull_registers(services)
    due = centres_due(services, month) if centres is None else [services.centre(code).code for code in centres]
    names = services.root.month_files(month_code(month))
    policy = policy_at(services.policy, month)
    pulled, unreachable = [], []
    for done, code in enumerate(due):
        progress("pull", done, len(due))
        has_own_root = services.policy.centres[code].source_url is not None
        try:
            pulled.append(
                pull_centre(services, month, code)
                if has_own_root
                else _pulled(services.root, month, code, files_of(code, names), policy)
            )
        except TransientError:
            unreachable.append(code)
    progress("pull", len(due), len(due))
    return PulledMonth(tuple(pulled), registers, ignored_files(services, month), tuple(unreachable))


def _pulled(
    root: InputRoot, month: date, centre_code: str, names: tuple[str, ...], policy: MonthPolicy
) -> PulledCentre:
    files = (root.pull_roster(month_code(month), name, max_bytes=policy.roster_max_bytes) for name in names)
    return PulledCentre(centre_code, tuple(files))
