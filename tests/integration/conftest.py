"""States that many tests begin with, each lived once and copied for whoever changes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from guarded_month import two_centres
from hand_back_office import Office
from two_months import LivedIn, lived_in, name_of

from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.pipeline.services import Services
from tests.conftest import TEMPLATE, Database, fresh_database


@pytest.fixture(scope="session")
def lived(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivedIn]:
    """January paid and mended since, February submitted and changed since; nothing of it has been run yet."""
    with lived_in(server, tmp_path_factory.mktemp("lived")) as once:
        yield once


@pytest.fixture
def copied(lived: LivedIn, tmp_path: Path) -> Iterator[tuple[Database, Services]]:
    """Both months for one test alone."""
    with lived.copy(tmp_path) as mine:
        yield mine


@pytest.fixture
def lived_database(copied: tuple[Database, Services]) -> Database:
    """The months' database."""
    return copied[0]


@pytest.fixture
def two_months(copied: tuple[Database, Services]) -> Services:
    """The months at work."""
    return copied[1]


@pytest.fixture(scope="session")
def untouched(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with every table, for tests that only look."""
    with fresh_database(server, TEMPLATE, tmp_path_factory.mktemp("untouched")) as database:
        yield database


@pytest.fixture(scope="session")
def drafted(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database with the drafts of two centres, written once (`two_centres`)."""
    with fresh_database(server, TEMPLATE, tmp_path_factory.mktemp("drafted")) as database:
        two_centres(database)
        yield name_of(database)


@pytest.fixture
def month(server: EmbeddedServer, drafted: str, tmp_path: Path) -> Iterator[Database]:
    """Those drafts for one test alone."""
    with fresh_database(server, drafted, tmp_path) as database:
        yield database


@pytest.fixture(scope="session")
def february(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivedIn]:
    """The sample input's February, run once."""
    folder = tmp_path_factory.mktemp("february")
    with fresh_database(server, TEMPLATE, folder) as database:
        Office.opened(database, folder / "input").runs()
        yield LivedIn(server, name_of(database), folder / "input")


@pytest.fixture
def february_copied(february: LivedIn, tmp_path: Path) -> Iterator[tuple[Database, Services]]:
    """That February for one test alone."""
    with february.copy(tmp_path) as mine:
        yield mine


@pytest.fixture
def february_database(february_copied: tuple[Database, Services]) -> Database:
    """Its database."""
    return february_copied[0]


@pytest.fixture
def february_office(february_copied: tuple[Database, Services]) -> Office:
    """Its office."""
    database, services = february_copied
    return Office(database, Path(str(services.settings.input_root)))
