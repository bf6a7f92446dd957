"""States that many tests begin with, each lived once and copied for whoever changes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hand_back_office import Office
from two_months import LivedIn, lived_in

from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.pipeline.services import Services
from tests.conftest import Database


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


@pytest.fixture
def february_office(database: Database, tmp_path: Path) -> Office:
    """The sample input's February, run once."""
    office = Office(database, tmp_path / "input")
    office.runs()
    return office
