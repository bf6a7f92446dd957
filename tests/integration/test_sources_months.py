"""The sample months over the net, from servers on loopback: the same amounts as from the folder, and no secret told."""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from urllib.parse import quote

import asyncssh
import pytest
import sqlalchemy as sa
from program import ioc_etl
from s3_server import BUCKET, SECRET, s3_server
from sftp_server import PASSWORD, USER, sftp_server
from web_server import TOKEN, certificate_authority, web_server

from ioc_etl.adapters.credentials import Secrets
from ioc_etl.adapters.patience import Patience
from ioc_etl.adapters.settings import Settings
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.services import Services
from tests.conftest import Database

INPUT = Path(__file__).parents[1] / "golden" / "input"
JANUARY_VND, FEBRUARY_VND = 101_320_000, 54_518_035
SECRETS = (PASSWORD, quote(PASSWORD, safe=""), TOKEN, SECRET, USER)


@dataclass(frozen=True, slots=True)
class Place:
    """An input root over the net, and what the program must be told to get at it."""

    url: str
    environment: dict[str, str]


def sftp_with_password(stack: ExitStack, work: Path) -> Place:
    served = stack.enter_context(sftp_server(INPUT, work))
    secret = json.dumps({"username": USER, "password": PASSWORD})
    return Place(served.url, {"IOC_ETL_SECRET_INPUT": secret, "IOC_ETL_KNOWN_HOSTS": str(served.known_hosts)})


def sftp_with_key(stack: ExitStack, work: Path) -> Place:
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(work / "id", passphrase=PASSWORD)
    served = stack.enter_context(sftp_server(INPUT, work, client_key=key))
    secret = json.dumps({"username": USER, "key_file": str(work / "id"), "passphrase": PASSWORD})
    return Place(served.url, {"IOC_ETL_SECRET_INPUT": secret, "IOC_ETL_KNOWN_HOSTS": str(served.known_hosts)})


def sftp_with_password_in_the_address(stack: ExitStack, work: Path) -> Place:
    served = stack.enter_context(sftp_server(INPUT, work))
    url = served.url.replace("://", f"://{USER}:{quote(PASSWORD, safe='')}@")
    return Place(url, {"IOC_ETL_KNOWN_HOSTS": str(served.known_hosts)})


def open_http(stack: ExitStack, _work: Path) -> Place:
    return Place(stack.enter_context(web_server(INPUT)).url, {})


def http_without_listing(stack: ExitStack, work: Path) -> Place:
    root = Path(shutil.copytree(INPUT, work / "served"))
    for folder in [root / "registers", *(root / "rosters").iterdir()]:
        (folder / "index.html").write_text("<h1>Không có danh mục</h1>", encoding="utf-8")
    return Place(stack.enter_context(web_server(root)).url, {})


def https_with_token(stack: ExitStack, work: Path) -> Place:
    ca_file, tls = certificate_authority(work)
    served = stack.enter_context(web_server(INPUT, tls))
    served.is_closed = True
    return Place(served.url, {"IOC_ETL_SECRET_INPUT": json.dumps({"token": TOKEN}), "SSL_CERT_FILE": str(ca_file)})


def s3(stack: ExitStack, _work: Path) -> Place:
    served = stack.enter_context(s3_server())
    served.put_folder(INPUT, "hồ sơ")
    return Place(f"s3://{BUCKET}/hồ sơ", {"IOC_ETL_SECRET_INPUT": json.dumps(served.secret)})


@pytest.fixture(
    params=[
        sftp_with_password,
        sftp_with_key,
        sftp_with_password_in_the_address,
        open_http,
        http_without_listing,
        https_with_token,
        s3,
    ],
    ids=lambda place: place.__name__,
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        yield request.param(stack, tmp_path)


def test_both_months_come_to_the_same_amounts_and_no_secret_is_told(
    database: Database, place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="ioc_etl")
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)
    settings = Settings.from_environment({**place.environment, **database.environment, "IOC_ETL_INPUT": place.url})
    services = Services(settings, database.clock)
    reports = [run(services, month) for month in (date(2022, 1, 1), date(2022, 2, 1))]
    assert [report.total_vnd for report in reports] == [JANUARY_VND, FEBRUARY_VND]
    told = f"{reports} {services} {settings!r} {caplog.text} {everything_kept(database)}"
    assert not [secret for secret in SECRETS if secret in told]


def test_the_command_tells_the_month_and_no_secret(database: Database, tmp_path: Path) -> None:
    with ExitStack() as stack:
        place = sftp_with_password_in_the_address(stack, tmp_path)
        environment = {**database.environment, **place.environment}
        done = ioc_etl("run", "2022-01", "--input", place.url, environment=environment)
    assert done.returncode == 0, done.stderr
    assert "101.320.000 đ" in done.stdout
    assert not [secret for secret in SECRETS if secret in done.stdout + done.stderr]


def test_half_a_file_every_time_stops_its_own_centre_and_nothing_of_it_is_kept(
    database: Database, tmp_path: Path
) -> None:
    with sftp_server(INPUT, tmp_path) as served:
        served.faults.half.add("phuoc-long")
        settings = replace(
            database.settings,
            input_root=served.url,
            known_hosts=served.known_hosts,
            patience=Patience(retries=1, first_pause_seconds=0),
            secrets=Secrets.of({"input": json.dumps({"username": USER, "password": PASSWORD})}),
        )
        report = run(Services(settings, database.clock), date(2022, 1, 1))
    assert report.unreachable == ("phuoc-long",)
    assert {centre.centre_code: centre.file_status.value for centre in report.centres} == {
        "tinh": "accepted",
        "dong-xoai": "accepted",
        "phuoc-long": "missing",
        "binh-long": "accepted",
    }
    assert "phuoc-long.csv" not in everything_kept(database)


def everything_kept(database: Database) -> str:
    """Every text in the database but the files' bytes."""
    with database.engine.connect() as connection:
        tables = connection.execute(
            sa.text("SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('landing', 'payroll')")
        ).all()
        texts = [
            str(connection.execute(sa.text(f'SELECT to_jsonb(t) - \'bytes\' FROM "{schema}"."{table}" t')).all())  # noqa: S608
            for schema, table in tables
        ]
    assert any("rosters/2022-01/tinh.xlsx" in text for text in texts)
    return "".join(texts)
