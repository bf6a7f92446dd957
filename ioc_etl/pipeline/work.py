"""What a run does with its month while it holds it: same again or not, read, decide, write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

import polars as pl
from sqlalchemy import Connection

from ioc_etl.adapters.clock import VIETNAM
from ioc_etl.adapters.store import (
    MonthRecord,
    MonthState,
    OfferedFiles,
    RunFacts,
    last_layouts,
    read_contents,
    read_month_past,
    read_month_state,
    write_blocked_run,
    write_run,
    write_unchanged_run,
)
from ioc_etl.adapters.store_approval import Batch
from ioc_etl.adapters.store_ledger import read_committed_year
from ioc_etl.adapters.store_policy import keep_policy, tell_change
from ioc_etl.core.sheet import RosterReading
from ioc_etl.core.transform import MonthInput, MonthResult, transform
from ioc_etl.pipeline.extract import PulledCentre, PulledMonth
from ioc_etl.pipeline.fingerprint import Parts, fingerprint, parts_of
from ioc_etl.pipeline.kept_files import as_pulled
from ioc_etl.pipeline.mended import Given, Kept, MendedRosters
from ioc_etl.pipeline.plan_number import PlanNumber
from ioc_etl.pipeline.read import RosterReader, facts_of
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.services import Progress, Services
from ioc_etl.pipeline.taken_back import NOTHING, TakenBack, approvals_to_take_back, take_back
from ioc_etl.pipeline.wall import WALL_LOG, Make, Refusal, Way, behind_wall, decide_behind_wall, refused_before
from ioc_etl.policy.model import Policy
from ioc_etl.policy.resolve import adjustment_end
from schemas.vocabulary import FileStatus, RunStatus

CODE_VERSION = version("ioc-etl")


@dataclass(frozen=True, slots=True)
class MonthWork:
    """One run of one month, under its lock."""

    services: Services
    month: date
    given: Given
    run_id: UUID
    started_at: datetime
    actor: str
    progress: Progress
    rooms: ReadingRooms
    taken_back: TakenBack = NOTHING
    refused_loading: Mapping[str, str] = field(default_factory=dict)
    """Centres whose file holds a value that the database refused, and the references of the refusals."""

    @property
    def pulled(self) -> PulledMonth:
        """What was pulled."""
        return self.given.pulled

    @property
    def kept(self) -> Kept:
        """The ids that it is kept under."""
        return self.given.kept

    @property
    def state(self) -> MonthState:
        """The month as it was found."""
        return self.given.state

    @property
    def committed(self) -> pl.DataFrame:
        """`schemas.ledger.COMMITTED` of the month."""
        return self.taken_back.committed(self.state.committed)

    def do(self, connection: Connection) -> RunStatus:
        """Decide and write, unless nothing has changed since the current run.

        Approvals that rest on another legal basis are taken back before, unless the run is blocked.
        """
        current = self.state.current
        stale = approvals_to_take_back(connection, self.services.policy, self.month)
        if current is not None and not stale and self.is_same_again():
            facts = self._facts(RunStatus.UNCHANGED, current.input_fingerprint)
            write_unchanged_run(connection, facts, same_as=current.run_id)
            return RunStatus.UNCHANGED
        change = keep_policy(connection, self.services.policy.version, self.services.policy_texts)
        work = self
        if stale and not self.decided(connection).is_blocked:
            work = self._after_taking_back(connection, stale)
        status = work.decided_and_loaded(connection)
        if change is not None:
            now = self.services.clock.now()
            tell_change(connection, change, at=now, actor=self.actor, run_id=self.run_id)
        self.progress("load", 1, 1)
        return status

    def _after_taking_back(self, connection: Connection, batches: Sequence[Batch]) -> "MonthWork":
        take_back(connection, self.services, batches, self.run_id)
        return replace(self, given=replace(self.given, state=read_month_state(connection, self.month)))

    def is_same_again(self) -> bool:
        """Whether everything is as the month's current run found it."""
        current = self.state.current
        return (
            current is not None
            and current.ledger_position == self.state.ledger_position
            and current.input_fingerprint == fingerprint(self.parts())
        )

    @property
    def pay_year(self) -> int:
        """The budget year in which arrears would be paid now; nothing is paid before its month."""
        return max(self.month.year, self.started_at.astimezone(VIETNAM).year)

    @property
    def has_year_ended(self) -> bool:
        """Whether money of the month's budget year may not be paid any more."""
        return has_year_ended(self.services.policy, self.month, self.started_at)

    def plan_number(self) -> PlanNumber:
        """What a plan of this run is called: another world has another number."""
        run_id = self.state.current.run_id if self.state.current else None
        return PlanNumber.of(self.month, self.parts(), ledger_position=self.state.ledger_position, run_id=run_id)

    def decided(self, connection: Connection) -> MonthResult:
        """The month decided; nothing is written."""
        # The input is not held here: the deciding lets go of what was read as soon as it stands in a frame.
        result = decide_behind_wall(lambda: self._input(connection), log=self._wall_log)
        self.progress("decide", 1, 1)
        return result

    def decided_and_loaded(self, connection: Connection) -> RunStatus:
        """The month decided and written, without the files whose values the database refuses."""

        def take(make: Make, refusals: Sequence[Refusal]) -> RunStatus:
            of_the_load = {one.centre_code: one.reference for one in refusals if one.is_of_the_load}
            return replace(self, refused_loading=of_the_load).load(connection, transform(make()))

        def try_out(given: MonthInput) -> None:
            with connection.begin_nested() as nothing:
                self.load(connection, transform(given))
                nothing.rollback()

        return behind_wall(lambda: self._input(connection), Way(take, try_out), log=self._wall_log)

    def load(self, connection: Connection, result: MonthResult) -> RunStatus:
        """Write what was decided, or, where the database refuses it, nothing of it."""
        self.progress("decide", 1, 1)
        self.progress("load", 0, 1)
        with connection.begin_nested():
            return self._write(connection, result)

    @property
    def _wall_log(self) -> Path:
        return self.services.settings.home / "logs" / WALL_LOG

    def _input(self, connection: Connection) -> MonthInput:
        facts = facts_of(self.services.policy, self.month, self.pulled.registers, self.rooms)
        offered = self._offered(connection)
        reader = RosterReader(self.rooms, self.services.centres_in(self.month), facts)
        mended = MendedRosters(connection, self.month, self.given, reader)
        shas = {centre.centre_code: centre.files[0].sha256 for centre in offered if len(centre.files) == 1}
        offers = mended.offers(reader.offers(offered, self.progress), shas)
        earlier = self._earlier(connection, offered, reader)
        in_force = {code: file.sha256 for code, file in self.state.in_force.items()}
        self.progress("decide", 0, 1)
        past = read_month_past(
            connection, self.month, self.state.ledger_position, month_before_run_id=self.state.month_before_run_id
        )
        of_pay_year = read_committed_year(connection, self.pay_year, self.state.ledger_position)
        given = MonthInput(
            facts=facts,
            centres=self.services.centres_in(self.month),
            offers=offers,
            earlier=mended.readings(earlier, in_force),
            waivers=self.state.waivers,
            committed=self.committed,
            committed_year=self.taken_back.committed_year(self.state.committed_year, self.month.year),
            ignored_files=self.pulled.ignored,
            standing=self.state.standings,
            earlier_decisions=past.earlier,
            last_payments=past.last_payments,
            last_month=past.last_month,
            used_links=past.used_links,
            voided=past.voided,
            pay_year=self.pay_year,
            has_year_ended=self.has_year_ended,
            committed_pay_year=self.taken_back.committed_year(of_pay_year, self.pay_year),
            in_force_sha256=in_force,
            policy_version=self.services.policy.version,
            last_layouts=last_layouts(connection, self.month, self._single_offers()),
        )
        return refused_before(given, self.refused_loading)

    def _offered(self, connection: Connection) -> list[PulledCentre]:
        """What every centre of the month offers: what was pulled now, else what the last pull brought."""
        pulled = {centre.centre_code: centre for centre in self.pulled.centres}
        due = {*self.services.open_centres(self.month), *pulled, *self.state.latest}
        absent = [file for code in due - set(pulled) for file in self.state.latest.get(code, ())]
        contents = dict(read_contents(connection, [file.source_file_id for file in absent]))
        return [
            pulled.get(code) or PulledCentre(code, as_pulled(self.state.latest.get(code, ()), contents))
            for code in self.services.policy.centres
            if code in due
        ]

    def _earlier(
        self, connection: Connection, offered: Sequence[PulledCentre], reader: RosterReader
    ) -> dict[str, RosterReading]:
        """The readings of files in force that this run's offers do not repeat."""
        single = [centre for centre in offered if len(centre.files) == 1]
        repeated = {(centre.centre_code, centre.files[0].sha256) for centre in single}
        needed = {code: file for code, file in self.state.in_force.items() if (code, file.sha256) not in repeated}
        contents = dict(read_contents(connection, [file.source_file_id for file in needed.values()]))
        # A later release may read more strictly than the one that accepted the file: then there is none.
        known = {code: file for code, file in needed.items() if code in self.services.policy.centres}
        return reader.readings({code: as_pulled((file,), contents)[0] for code, file in known.items()})

    def _write(self, connection: Connection, result: MonthResult) -> RunStatus:
        if result.is_blocked:
            write_blocked_run(connection, self._facts(RunStatus.BLOCKED, fingerprint(self.parts())), result.findings)
            return RunStatus.BLOCKED
        files = {code: file.source_file_id for code, file in self.state.in_force.items() if code in result.in_force}
        files |= {code: ids[0] for code in result.accepted if (ids := self._ids(code))}
        in_force = {code: file.sha256 for code, file in self.state.in_force.items()}
        in_force |= {code: shas[0] for code, shas in self._offers().items() if shas and code in result.accepted}
        status = _status(result)
        record = MonthRecord(
            run=self._facts(status, fingerprint(self.parts(in_force))),
            centres=result.centres,
            decisions=result.decisions,
            findings=result.findings,
            lines=result.lines,
            files=files,
            offers={centre.centre_code: self._offer(centre, result) for centre in self.pulled.centres},
            registers=tuple(file for (kind, _), ids in self.kept.items() if kind == "register" for file in ids),
            offered=tuple(file for code in self._offers() for file in self._ids(code)),
            links=result.links,
            layouts=result.layouts,
            budgets=result.budgets,
            posts=result.posts,
        )
        write_run(connection, record)
        return status

    def _offer(self, centre: PulledCentre, result: MonthResult) -> OfferedFiles:
        code = centre.centre_code
        refused = FileStatus.REFUSED if centre.files else FileStatus.MISSING
        return OfferedFiles(FileStatus.ACCEPTED if code in result.accepted else refused, self._ids(code))

    def _ids(self, centre_code: str) -> tuple[UUID, ...]:
        known = tuple(file.source_file_id for file in self.state.latest.get(centre_code, ()))
        return self.kept.get(("roster", centre_code), known)

    def _single_offers(self) -> dict[str, UUID]:
        """The one file that a centre offers."""
        return {code: ids[0] for code in self._offers() if len(ids := self._ids(code)) == 1}

    def _offers(self) -> dict[str, tuple[str, ...]]:
        """SHA-256 of what every centre offers, by centre."""
        latest = {code: tuple(file.sha256 for file in files) for code, files in self.state.latest.items()}
        return latest | {
            centre.centre_code: tuple(file.sha256 for file in centre.files) for centre in self.pulled.centres
        }

    def parts(self, in_force: Mapping[str, str] | None = None) -> Parts:
        """What the run rests on; `in_force` gives the SHA-256 by centre where it is not what the state says."""
        as_before = {code: file.sha256 for code, file in self.state.in_force.items()}
        return parts_of(
            offers={code: shas for code, shas in self._offers().items() if shas},
            in_force=as_before if in_force is None else in_force,
            registers=self.pulled.registers,
            ignored=self.pulled.ignored,
            confirmed=self.given.confirmed,
            waivers=self.state.waivers,
            standings=self.state.standings,
            policy=self.services.policy,
            code_version=CODE_VERSION,
            month_before=self.state.month_before_input,
            pay_year=self.pay_year,
            has_year_ended=self.has_year_ended,
        )

    def _facts(self, status: RunStatus, input_fingerprint: str) -> RunFacts:
        return RunFacts(
            run_id=self.run_id,
            reference_month=self.month,
            status=status,
            started_at=self.started_at,
            finished_at=self.services.clock.now(),
            actor=self.actor,
            input_fingerprint=input_fingerprint,
            ledger_position=self.state.ledger_position,
            policy_version=self.services.policy.version,
            code_version=CODE_VERSION,
            requested_centres=tuple(centre.centre_code for centre in self.pulled.centres),
            ignored_files=self.pulled.ignored,
            waiver_ids=tuple(UUID(waiver_id) for waiver_id in self.state.waivers["waiver_id"]),
            standing_ids=tuple(UUID(standing_id) for standing_id in self.state.standings["standing_id"]),
            month_before_run_id=self.state.month_before_run_id,
            pull_began_at=self.pulled.began_at,
            pull_no=self.pulled.pull_no,
            register_pull_no=self.given.register_pull_no,
            known_pull_no=self.given.known_pull_no,
            adjustment_ends_on=adjustment_end(self.services.policy, self.month),
            refused_loading=tuple(f"{code} {reference}" for code, reference in sorted(self.refused_loading.items())),
            confirmed_sha256=tuple(sorted({sent for _, sent in self.given.confirmed})),
        )


def has_year_ended(policy: Policy, month: date, at: datetime) -> bool:
    """Whether at that moment money of the month's budget year may not be paid any more."""
    return at.astimezone(VIETNAM).date() > adjustment_end(policy, month)


def _status(result: MonthResult) -> RunStatus:
    has_gap = bool(result.refused_offers) or (result.centres["file_status"] != FileStatus.ACCEPTED.value).any()
    return RunStatus.INCOMPLETE if has_gap else RunStatus.COMPLETED
