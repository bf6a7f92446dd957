"""Pulling a month: which files there are, and their bytes. What may pass by itself is tried again (`pull_month`)."""

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from threading import Event
from unicodedata import category

from ioc_etl.adapters import store_pulls
from ioc_etl.adapters.sources import InputRoot, PulledFile, names_by_centre
from ioc_etl.core.month import month_code
from ioc_etl.errors import SourceError, TransientError
from ioc_etl.pipeline.retry import patiently
from ioc_etl.pipeline.services import Progress, Services, no_progress
from ioc_etl.policy.model import Policy
from ioc_etl.policy.resolve import policy_at
from schemas.uploading import noted
from schemas.vocabulary import RegisterName


@dataclass(frozen=True, slots=True)
class PulledCentre:
    """What one centre's source held for the month: no file, one, or (a mistake) several.

    `ignored` are files beside them in the month's folder of the centre's own root that belong to nobody. `uploading`
    names the files that were still being written; then nothing came, and what the centre sent before stands.
    """

    centre_code: str
    files: tuple[PulledFile, ...] = field(default=(), repr=False)
    ignored: tuple[str, ...] = ()
    uploading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PulledRegisters:
    """The registers as they came; a register may be there in several endings by mistake."""

    files: dict[RegisterName, tuple[PulledFile, ...]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PulledMonth:
    """Everything that was pulled for one run, by a pull that began at `began_at`.

    `pull_no` is the number that the database gave it then: what counts as the latest goes by it. Null for a look, of
    which nothing is kept.
    `ignored` are files in the month's folders that belong to no centre, and notes of those that were still being
    written (`schemas.uploading`), `unreachable` the centres whose source could
    not be read (the month goes on with what they sent before), `reasons` why, as far as it is known, by centre.
    """

    centres: tuple[PulledCentre, ...]
    registers: PulledRegisters
    began_at: datetime
    pull_no: int | None = None
    ignored: tuple[str, ...] = ()
    unreachable: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MonthFolder:
    """The names in a month's folder of the input root, looked at once: all of them, and the rosters' by centre code.

    Both are null when the server does not tell what it holds; then the names that rosters have are asked for. Of a
    file `max_bytes` are read at most.
    """

    names: tuple[str, ...] | None
    by_centre: Mapping[str, tuple[str, ...]] | None
    max_bytes: int


def look(services: Services, month: date) -> MonthFolder:
    """What the month's folder of the input root holds.

    Raises:
        SourceError: the input root cannot be read.
        TransientError: it cannot be read just now.
    """
    return _look(services.root, month, policy_at(services.policy, month).roster_max_bytes)


def centres_due(services: Services, month: date, folder: MonthFolder) -> list[str]:
    """Codes of the centres to pull: the open ones, and planned ones that sent a file all the same."""
    sent = folder.by_centre or {}
    opened = services.open_centres(month)
    return [code for code in services.policy.centres if code in opened or code in sent]


def pull_centre(services: Services, month: date, centre_code: str, folder: MonthFolder) -> PulledCentre:
    """One centre's files of the month, from its own root where it has one. A missing file is no error.

    Raises:
        SourceError: the source cannot be read.
        TransientError: it cannot be read just now.
    """
    centre = services.centre(centre_code)
    own = services.own_root_of(centre)
    if own is None:
        return PulledCentre(centre_code, _files(services.root, month, centre_code, folder))
    with own:
        own.require()
        found = _look(own, month, folder.max_bytes)
        files = _files(own, month, centre_code, found)
    is_alone = len(found.names or ()) == len(files)
    served = () if is_alone else _served_from(services.policy, centre.source_url)
    return PulledCentre(centre_code, files, () if is_alone else _ignored(found, served))


def pull_settled_centre(
    services: Services, month: date, centre_code: str, folder: MonthFolder, settling_seconds: float
) -> PulledCentre:
    """One centre's files as `pull_centre`, looked at twice where they come from afar.

    What changes between the looks is still being written and is not taken. A folder of this machine is looked at once.

    Raises:
        SourceError: the source cannot be read.
        TransientError: it cannot be read just now.
    """
    first = pull_centre(services, month, centre_code, folder)
    own = services.centre(centre_code).source_url
    is_near = services.root.is_near if own is None else "://" not in own
    if is_near or not settling_seconds or not first.files:
        return first
    Event().wait(settling_seconds)
    second = pull_centre(services, month, centre_code, look(services, month))
    names = {file.name for pulled in (first, second) for file in pulled.files}
    if {(file.name, file.sha256) for file in first.files} == {(file.name, file.sha256) for file in second.files}:
        return second
    return PulledCentre(centre_code, ignored=second.ignored, uploading=tuple(sorted(names)))


def pull_registers(services: Services) -> PulledRegisters:
    """All registers of the input root.

    Raises:
        SourceError: there is no input root.
        TransientError: the source could not be read just now.
    """
    services.root.require()
    return PulledRegisters(services.root.pull_registers())


def ignored_files(services: Services, folder: MonthFolder) -> tuple[str, ...]:
    """Files in the month's folder of the input root that belong to no centre that is pulled from there.

    By names that can be kept and shown: a byte that is no UTF-8 and a control character are told as �.
    """
    return _ignored(folder, _served_from(services.policy, None))


def pulled_month(
    centres: Collection[PulledCentre],
    registers: PulledRegisters,
    ignored: Collection[str],
    unreachable: Mapping[str, str],
    *,
    began_at: datetime,
    pull_no: int | None = None,
) -> PulledMonth:
    """What was pulled piece by piece; `unreachable` gives the reason by centre.

    Raises:
        SourceError: no centre's source could be read, so there is nothing to decide on.
    """
    if unreachable and not centres:
        code, reason = next(iter(unreachable.items()))
        raise SourceError(f"no centre's source could be read; the month stays as it was. {code}: {reason}")
    beside = {name for centre in centres for name in centre.ignored}
    uploading = [noted(centre.centre_code, _shown(name)) for centre in centres for name in centre.uploading]
    every = (*ignored, *sorted(beside - {*ignored}), *uploading)
    whole = tuple(centre for centre in centres if not centre.uploading)
    return PulledMonth(whole, registers, began_at, pull_no, every, tuple(unreachable), dict(unreachable))


def begin_pull(services: Services) -> int:
    """The number of a pull that begins now.

    Raises:
        DatabaseError: the database cannot be used.
    """
    return store_pulls.begin_pull(services.engine)


def pull_month(
    services: Services,
    month: date,
    centres: Collection[str] | None = None,
    progress: Progress = no_progress,
    *,
    pull_no: int | None = None,
) -> PulledMonth:
    """The registers, and the files of the given centres (all that are due when none are given).

    `pull_no` is the number of the pull (`begin_pull`), taken before anything is looked at; null for a look.
    A centre whose source fails is named, and the others go on. The progress is told as `pull`, and as `retry` before
    each pause.

    Raises:
        SourceError: the input root cannot be read, or no centre's source.
        TransientError: neither can the input root after all the tries.
    """
    stop = Event()
    try:
        with services.root:
            return replace(_pull_month(services, month, centres, progress, stop), pull_no=pull_no)
    finally:
        # Also when somebody pressed Ctrl-C: whoever waits for a next try ends.
        stop.set()


def _pull_month(
    services: Services, month: date, centres: Collection[str] | None, progress: Progress, stop: Event
) -> PulledMonth:
    began_at, patience = services.clock.now(), services.settings.patience
    registers = patiently(lambda: pull_registers(services), patience, progress, stop)
    folder = patiently(lambda: look(services, month), patience, progress, stop)
    due = centres_due(services, month, folder) if centres is None else [services.centre(code).code for code in centres]

    def one(code: str) -> PulledCentre | SourceError | TransientError:
        try:
            return patiently(lambda: pull_centre(services, month, code, folder), patience, progress, stop)
        except (SourceError, TransientError) as error:
            return error

    came: dict[str, PulledCentre] = {}
    unreachable: dict[str, str] = {}
    for done, (code, found) in enumerate(_each(services, due, one)):
        progress("pull", done, len(due))
        if isinstance(found, PulledCentre):
            came[code] = found
        else:
            unreachable[code] = str(found)
    progress("pull", len(due), len(due))
    in_order = [came[code] for code in due if code in came]
    return pulled_month(
        in_order,
        registers,
        ignored_files(services, folder),
        {code: unreachable[code] for code in due if code in unreachable},
        began_at=began_at,
    )


def _each(
    services: Services, codes: Collection[str], one: Callable[[str], PulledCentre | SourceError | TransientError]
) -> Iterator[tuple[str, PulledCentre | SourceError | TransientError]]:
    """Every centre as it is pulled: those in the folder at hand one after the other, the rest several at once."""
    far = [code for code in codes if services.policy.centres[code].source_url is not None or not services.root.is_near]
    waited_for = set(far)
    for code in codes:
        if code not in waited_for:
            yield code, one(code)
    pool = ThreadPoolExecutor(services.settings.patience.at_once, thread_name_prefix="pull")
    try:
        futures = {pool.submit(one, code): code for code in far}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _look(root: InputRoot, month: date, max_bytes: int) -> MonthFolder:
    names = root.month_files(month_code(month))
    return MonthFolder(names, None if names is None else names_by_centre(names), max_bytes)


def _files(root: InputRoot, month: date, centre_code: str, folder: MonthFolder) -> tuple[PulledFile, ...]:
    code = month_code(month)
    if folder.by_centre is None:
        return root.find_rosters(code, centre_code, max_bytes=folder.max_bytes)
    names = folder.by_centre.get(centre_code, ())
    return tuple(root.pull_roster(code, name, max_bytes=folder.max_bytes) for name in names)


def _served_from(policy: Policy, source_url: str | None) -> list[str]:
    """Codes of the centres whose rosters come from this root (null: the input root)."""
    return [code for code, centre in policy.centres.items() if centre.source_url == source_url]


def _ignored(folder: MonthFolder, served: Collection[str]) -> tuple[str, ...]:
    by_centre = folder.by_centre or {}
    taken = {name for code in served for name in by_centre.get(code, ())}
    return tuple(_shown(name) for name in folder.names or () if name not in taken)


def _shown(name: str) -> str:
    return "".join("�" if category(character) in {"Cc", "Cs"} else character for character in name)
