"""Addresses of databases as people write them, and what is told of errors."""

import psycopg
import pytest
import sqlalchemy as sa

from ioc_etl.adapters.database import connection_parameters, engine_from_url
from ioc_etl.errors import TransientError, UsageError


@pytest.mark.parametrize(
    ("url", "host", "database"),
    [
        ("postgresql://user:pw@db.example:6543/ioc", "db.example", "ioc"),
        ("postgres://db.example/ioc", "db.example", "ioc"),
        ("postgresql+psycopg://db.example/ioc", "db.example", "ioc"),
        ("postgresql+psycopg2://db.example/ioc", "db.example", "ioc"),
        ("postgresql:///ioc?host=/var/run/postgresql", "/var/run/postgresql", "ioc"),
        ("postgresql://%2Fvar%2Frun%2Fpostgresql/ioc", "/var/run/postgresql", "ioc"),
        ("host=/var/run/postgresql dbname=ioc", "/var/run/postgresql", "ioc"),
    ],
)
def test_an_address_is_understood_however_it_is_written(url: str, host: str, database: str) -> None:
    found = connection_parameters(url)
    assert (found["host"], found["dbname"]) == (host, database)
    assert found["options"] == "-c timezone=UTC"


def test_options_of_the_address_are_kept() -> None:
    found = connection_parameters("postgresql://h/d?options=-c%20search_path%3Dx&application_name=mine")
    assert found["options"] == "-c search_path=x -c timezone=UTC"
    assert found["application_name"] == "mine"


@pytest.mark.parametrize(
    "url", ["mysql://u:secret@h/d", "postgresql://u:secret%ZZ@h/d", "secret", "sqlite:///secret.db"]
)
def test_what_is_no_address_is_a_usage_error_that_does_not_show_it(url: str) -> None:
    with pytest.raises(UsageError, match="IOC_ETL_DATABASE_URL") as refusal:
        connection_parameters(url)
    assert "secret" not in str(refusal.value)


def test_a_password_is_not_in_the_engines_name() -> None:
    assert "secret" not in repr(engine_from_url("postgresql://u:secret@h/d"))


def test_a_server_that_is_not_there_may_come_back() -> None:
    engine = engine_from_url("postgresql://u:secret@127.0.0.1:9/d")
    with pytest.raises(TransientError, match="cannot be reached") as refusal, engine.connect():
        pass
    assert "secret" not in str(refusal.value)
    assert isinstance(refusal.value.__cause__, psycopg.Error | sa.exc.DBAPIError)
