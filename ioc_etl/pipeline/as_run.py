"""What kept rosters of a month are read with, so that whoever reads one again reads it as the month's run did."""

from datetime import date

from sqlalchemy import Connection

from ioc_etl.adapters.store import KeptFile, MonthFiles, read_contents
from ioc_etl.adapters.store_replay import past_run
from ioc_etl.pipeline.extract import PulledRegisters
from ioc_etl.pipeline.kept_files import as_pulled
from ioc_etl.pipeline.read import facts_of, reading_facts
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.reading_words import ReadingFacts
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import RegisterName


def facts_as_run(
    services: Services, connection: Connection, month: date, state: MonthFiles, rooms: ReadingRooms
) -> ReadingFacts:
    """Where agencies matter: in the province, and where the register of establishments splits a headcount (rule 9).

    The register is that of the month's current run; before there is one, the last that was pulled.
    """
    kept = _establishments(connection, state)
    contents = dict(read_contents(connection, [file.source_file_id for file in kept]))
    registers = PulledRegisters({RegisterName.ESTABLISHMENT: as_pulled(kept, contents)})
    return reading_facts(facts_of(services.policy, month, registers, rooms), services.centres_in(month))


def _establishments(connection: Connection, state: MonthFiles) -> tuple[KeptFile, ...]:
    if state.current is None:
        return state.latest_registers.get(RegisterName.ESTABLISHMENT, ())
    registers = past_run(connection, state.current.run_id).sources.get("register", ())
    return tuple(file for file in registers if file.code == RegisterName.ESTABLISHMENT)
