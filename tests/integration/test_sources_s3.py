"""An object store: what is missing, denied, throttled or cut off."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from s3_server import BUCKET, SECRET, S3Server, s3_server
from web_server import Handler, WebServer, half, status, web_server

from ioc_etl.adapters.credentials import Secret
from ioc_etl.adapters.sources import InputRoot
from ioc_etl.errors import SourceError, TransientError

MONTH = "2022-01"
OBJECT = f"/{BUCKET}/rosters/{MONTH}/tinh.csv"


@pytest.fixture(scope="module")
def store() -> Iterator[S3Server]:
    with s3_server() as running:
        put = running.client.put_object
        for name in ("tinh.csv", "dong-xoai.xlsx", "old/binh-long.csv", ""):
            put(Bucket=BUCKET, Key=f"rosters/{MONTH}/{name}", Body=name.encode())
        yield running


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[WebServer]:
    """A server that stands for a store in trouble."""
    file = tmp_path / OBJECT.removeprefix("/")
    file.parent.mkdir(parents=True)
    file.write_bytes(b"roster" * 1000)
    with web_server(tmp_path) as running:
        yield running


def root_at(endpoint_url: str, place: str = f"s3://{BUCKET}", **changed: str) -> InputRoot:
    values = {"key": "AKIAIOCREADER00", "secret": SECRET, "region": "us-east-1", "endpoint_url": endpoint_url}
    return InputRoot(place, secret=Secret("input", json.dumps({**values, **changed})), seconds=5)


def test_names_and_files_come_from_the_months_folder(store: S3Server) -> None:
    with root_at(store.endpoint_url) as root:
        root.require()
        assert root.month_files(MONTH) == ("dong-xoai.xlsx", "tinh.csv")
        assert root.month_files("2022-02") == ()
        assert root.pull_roster(MONTH, "tinh.csv", max_bytes=100).data == b"tinh.csv"
        file = root.pull_roster(MONTH, "tinh.csv", max_bytes=3)
        assert (file.data, file.is_too_large) == (b"tinh", True)
        assert file.origin == f"s3://{BUCKET}/rosters/{MONTH}/tinh.csv"


def test_a_closed_root_can_be_used_again(store: S3Server) -> None:
    root = root_at(store.endpoint_url)
    for _ in range(2):
        with root:
            assert root.month_files(MONTH)


@pytest.mark.parametrize("place", ["s3://nowhere-at-all", f"s3://{BUCKET}/nowhere"])
def test_a_bucket_or_folder_that_is_not_there_is_told(store: S3Server, place: str) -> None:
    with root_at(store.endpoint_url, place) as root, pytest.raises(SourceError, match="no bucket or nothing in it"):
        root.require()


def test_a_name_that_no_bucket_has_is_told(store: S3Server) -> None:
    with (
        root_at(store.endpoint_url, "s3://no bucket") as root,
        pytest.raises(SourceError, match="look at the bucket's name"),
    ):
        root.require()


def test_a_refusal_is_for_good_and_tells_no_key(broken: WebServer) -> None:
    broken.faults[OBJECT] = status(403)
    with root_at(broken.url) as root, pytest.raises(SourceError, match="access denied") as refused:
        root.pull_roster(MONTH, "tinh.csv", max_bytes=100)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_store_in_trouble_is_asked_once_and_may_answer_later(broken: WebServer, code: int) -> None:
    broken.faults[OBJECT] = status(code, times=1)
    with root_at(broken.url) as root:
        with pytest.raises(TransientError, match=str(code)):
            root.pull_roster(MONTH, "tinh.csv", max_bytes=100_000)
        assert root.pull_roster(MONTH, "tinh.csv", max_bytes=100_000).data == b"roster" * 1000
    assert broken.asked == [OBJECT, OBJECT]


def test_half_an_object_is_never_taken(broken: WebServer) -> None:
    broken.faults[OBJECT] = half
    with root_at(broken.url) as root, pytest.raises(TransientError):
        root.pull_roster(MONTH, "tinh.csv", max_bytes=100_000)


def test_a_store_that_says_nothing_is_cut_off(broken: WebServer) -> None:
    def silent(handler: Handler) -> bool:
        handler.rfile.read(1)
        handler.close_connection = True
        return True

    broken.faults[OBJECT] = silent
    values = {"key": "k", "secret": SECRET, "endpoint_url": broken.url, "region": "us-east-1"}
    root = InputRoot(f"s3://{BUCKET}", secret=Secret("input", json.dumps(values)), seconds=0.5)
    with root, pytest.raises(TransientError):
        root.pull_roster(MONTH, "tinh.csv", max_bytes=100)


def test_a_store_that_is_down_may_come_back() -> None:
    with root_at("http://127.0.0.1:1") as root, pytest.raises(TransientError):
        root.require()


def test_keys_are_whole_and_never_go_over_plain_http_to_another_machine() -> None:
    with pytest.raises(SourceError, match="not sent over http"):
        root_at("http://store.example")
    with pytest.raises(SourceError, match="only one of them"):
        InputRoot(f"s3://{BUCKET}", secret=Secret("input", '{"key": "k"}'))
