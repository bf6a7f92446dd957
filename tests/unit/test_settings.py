"""Settings from the environment, and what is said when it does not tell enough."""

from pathlib import Path

import pytest

from ioc_etl.adapters.credentials import Secrets
from ioc_etl.adapters.patience import Patience
from ioc_etl.adapters.settings import Settings
from ioc_etl.errors import UsageError


def test_every_variable_is_read() -> None:
    found = Settings.from_environment(
        {
            "IOC_ETL_HOME": "/srv/ioc",
            "IOC_ETL_DATABASE_URL": "postgresql://localhost/ioc",
            "IOC_ETL_INPUT": "/srv/input",
            "IOC_ETL_POLICY": "/srv/policy",
            "IOC_ETL_CENTRES": "/srv/centres.yaml",
            "IOC_ETL_KNOWN_HOSTS": "/srv/known_hosts",
            "IOC_ETL_PULL_RETRIES": "2",
            "IOC_ETL_SECRET_INPUT": '{"username": "u"}',
        }
    )
    assert found == Settings(
        home=Path("/srv/ioc"),
        database_url="postgresql://localhost/ioc",
        input_root="/srv/input",
        policy_folder=Path("/srv/policy"),
        centres_file=Path("/srv/centres.yaml"),
        known_hosts=Path("/srv/known_hosts"),
        patience=Patience(retries=2),
        secrets=Secrets.of({"input": '{"username": "u"}'}),
    )


def test_an_empty_variable_is_unset() -> None:
    names = ("DATABASE_URL", "INPUT", "POLICY", "CENTRES", "HOME", "KNOWN_HOSTS", "SECRET_INPUT", "PULL_SECONDS")
    found = Settings.from_environment({"HOME": "/home/a", **{f"IOC_ETL_{name}": "" for name in names}})
    assert found == Settings(Path("/home/a/.local/share/ioc-etl"))


def test_the_home_is_where_the_desktop_keeps_data() -> None:
    assert Settings.from_environment({"HOME": "/home/a", "XDG_DATA_HOME": "/data"}).home == Path("/data/ioc-etl")
    assert Settings.from_environment({"HOME": "/home/a", "XDG_DATA_HOME": "data"}).home == Path(
        "/home/a/.local/share/ioc-etl"
    )


def test_a_relative_home_is_made_absolute_and_a_tilde_is_the_users() -> None:
    assert Settings.from_environment({"IOC_ETL_HOME": "here"}).home == Path("here").absolute()
    assert Settings.from_environment({"IOC_ETL_HOME": "~/x y", "HOME": "/home/a"}).home == Path("/home/a/x y")


def test_no_home_at_all_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="IOC_ETL_HOME"):
        Settings.from_environment({})


def test_a_password_is_never_shown() -> None:
    environ = {
        "HOME": "/h",
        "IOC_ETL_DATABASE_URL": "postgresql://u:hidden@h/d",
        "IOC_ETL_INPUT": "sftp://u:hidden@h/",
        "IOC_ETL_SECRET_INPUT": '{"password": "hidden"}',
    }
    assert "hidden" not in repr(Settings.from_environment(environ))


def test_relative_places_mean_the_same_in_another_working_directory() -> None:
    # A worker starts every flow in a folder of its own.
    names = ("HOME", "INPUT", "POLICY", "CENTRES", "KNOWN_HOSTS")
    given = {f"IOC_ETL_{name}": name.lower() for name in names}
    told = Settings.from_environment(given).as_environment()
    assert told == {name: str(Path(value).absolute()) for name, value in given.items()}
    assert Settings(Path("/h"), input_root="sftp://u@h/in").as_environment()["IOC_ETL_INPUT"] == "sftp://u@h/in"
