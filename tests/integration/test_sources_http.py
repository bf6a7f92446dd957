"""HTTP and HTTPS from a real server that breaks off, lies, stalls, or sends elsewhere."""

import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from web_server import (
    LOOPBACK,
    PASSWORD,
    TOKEN,
    USER,
    WebServer,
    certificate_authority,
    drip,
    endless,
    half,
    once,
    page,
    redirect,
    status,
    web_server,
    without_length,
)

from ioc_etl.adapters.credentials import Secret
from ioc_etl.adapters.sources import InputRoot
from ioc_etl.errors import SourceError, TransientError

MONTH = "2022-01"
FOLDER = f"/rosters/{MONTH}/"
TINH = f"{FOLDER}tinh.csv"
LARGE = 1 << 20
DATA = b"tinh" * 20_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    month = tmp_path / "served" / "rosters" / MONTH
    month.mkdir(parents=True)
    (month / "tinh.csv").write_bytes(DATA)
    (month / "dong-xoai.xlsx").write_bytes(b"x")
    return tmp_path / "served"


@pytest.fixture
def served(folder: Path) -> Iterator[WebServer]:
    with web_server(folder) as running:
        yield running


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    return certificate_authority(tmp_path_factory.mktemp("authority"))


def names(served: WebServer) -> tuple[str, ...] | None:
    with InputRoot(served.url) as root:
        return root.month_files(MONTH)


def pulled(served: WebServer, *, max_bytes: int = LARGE, seconds: float = 10, **values: str) -> bytes:
    secret = Secret("input", json.dumps(values)) if values else None
    with InputRoot(served.url, secret=secret, seconds=seconds) as root:
        return root.pull_roster(MONTH, "tinh.csv", max_bytes=max_bytes).data


def refusal(served: WebServer, **values: str) -> str:
    """Why the file cannot be pulled for good; never with a credential in it."""
    with pytest.raises(SourceError) as refused:
        pulled(served, **values)
    assert not [secret for secret in (PASSWORD, TOKEN) if secret in str(refused.value)]
    return str(refused.value)


def test_names_come_from_the_servers_own_listing(served: WebServer) -> None:
    odd = "hồ sơ 100% & <tháng>.xlsx"
    (served.folder / "rosters" / MONTH / odd).write_bytes(b"y")
    (served.folder / "rosters" / MONTH / "old").mkdir()
    assert names(served) == ("dong-xoai.xlsx", odd, "tinh.csv")
    with InputRoot(served.url) as root:
        assert root.pull_roster(MONTH, odd, max_bytes=9).data == b"y"


def test_links_that_lead_out_of_the_folder_are_nobodys_files(served: WebServer) -> None:
    links = [
        "tinh.csv",
        f"{FOLDER}dong-xoai.xlsx",
        f"{served.url}{FOLDER}phuoc-long.csv",
        "../2022-02/binh-long.csv",
        "/etc/loc-ninh.csv",
        "http://other.example/bu-dop.csv",
        f"//other.example{FOLDER}bu-dop.csv",
        "hon-quan.csv?version=2",
        "?C=N;O=D",
        "deeper/dong-phu.csv",
        "..%2Fbu-dang.csv",
        "%2e%2e%2fphu-rieng.csv",
        "..%5Cchon-thanh.csv",
        "bu-gia-map.csv%00.png",
        "..",
        ".",
        "javascript:alert(1)",
        "http://[",
        "tinh.csv#part",
    ]
    served.faults[FOLDER] = page("".join(f'<li><A class="x" HREF="{link}">x</a>' for link in links))
    assert names(served) == ("dong-xoai.xlsx", "phuoc-long.csv", "tinh.csv")


def test_listings_as_apache_and_nginx_write_them_are_read(served: WebServer) -> None:
    served.faults[FOLDER] = page(
        '<tr><th><a href="?C=N;O=D">Name</a></th></tr><tr><td><a href="/rosters/">Parent Directory</a></td></tr>'
        '<tr><td><a href="tinh.csv">tinh.csv</a></td><td align="right">1.2K</td></tr>'
    )
    assert names(served) == ("tinh.csv",)
    served.faults[FOLDER] = page('<pre><a href="../">../</a>\n<a href="dong-xoai.xlsx">dong-xoai.xlsx</a> 1\n</pre>')
    assert names(served) == ("dong-xoai.xlsx",)


@pytest.mark.parametrize("code", [403, 404, 405])
def test_without_a_listing_the_names_that_a_roster_has_are_asked_for(served: WebServer, code: int) -> None:
    served.faults[FOLDER] = status(code)
    with InputRoot(served.url) as root:
        assert root.month_files(MONTH) is None
        assert [file.name for file in root.find_rosters(MONTH, "dong-xoai", max_bytes=9)] == ["dong-xoai.xlsx"]
        assert root.find_rosters(MONTH, "phuoc-long", max_bytes=9) == ()


def test_a_page_that_lists_nothing_is_no_listing(served: WebServer) -> None:
    served.faults[FOLDER] = page("<h1>It works!</h1>")
    assert names(served) is None


def test_a_listing_without_end_is_refused(served: WebServer) -> None:
    served.faults[FOLDER] = endless
    with pytest.raises(SourceError, match="no listing of files"):
        names(served)


def test_a_listing_made_to_be_slow_is_not(served: WebServer) -> None:
    served.faults[FOLDER] = page("<a href='" * 1_000_000)
    assert names(served) is None


def test_no_more_is_read_than_the_limit_and_a_byte(served: WebServer) -> None:
    served.faults[TINH] = endless
    assert pulled(served, max_bytes=100) == bytes(101)


@pytest.mark.parametrize("fault", [half, status(500), status(503), status(429)])
def test_what_may_pass_is_told_as_such_and_the_next_try_succeeds(served: WebServer, fault: object) -> None:
    served.faults[TINH] = once(fault)  # type: ignore[arg-type]
    with pytest.raises(TransientError, match=r"tinh\.csv could not be read"):
        pulled(served)
    assert pulled(served) == DATA


def test_a_server_that_sends_a_byte_now_and_then_is_cut_off(served: WebServer) -> None:
    served.faults[TINH] = drip
    with pytest.raises(TransientError, match=r"more than 0\.6 s"):
        pulled(served, seconds=0.6)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_takes_the_call_and_says_nothing_is_cut_off(scheme: str) -> None:
    with socket.create_server((LOOPBACK, 0)) as silent:
        url = f"{scheme}://{LOOPBACK}:{silent.getsockname()[1]}"
        with InputRoot(url, seconds=0.5) as root, pytest.raises(TransientError, match=r"more than 0\.5 s"):
            root.month_files(MONTH)


def test_a_server_that_is_down_may_come_back() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
    with InputRoot(f"http://{LOOPBACK}:{port}") as root, pytest.raises(TransientError):
        root.month_files(MONTH)


def test_a_file_of_unknown_length_is_not_taken(served: WebServer) -> None:
    served.faults[TINH] = without_length
    assert "does not say how long the file is" in refusal(served)


def test_a_file_that_was_listed_and_is_gone_is_tried_again(served: WebServer) -> None:
    served.faults[TINH] = status(404)
    with pytest.raises(TransientError, match="is gone"):
        pulled(served)


def test_a_redirect_on_the_same_server_is_followed(served: WebServer) -> None:
    served.faults[TINH] = redirect(f"{FOLDER}dong-xoai.xlsx", 301)
    assert pulled(served) == b"x"


def test_another_host_is_never_asked_whatever_the_redirect(served: WebServer, folder: Path) -> None:
    with web_server(folder) as other:
        served.faults[TINH] = redirect(other.url + TINH)
        said = refusal(served, username=USER, password=PASSWORD)
        assert f"{served.url} redirects to {other.url}" in said
        served.faults[TINH] = redirect("//[")
        assert "no address" in refusal(served)
        served.faults[FOLDER] = redirect(other.url + FOLDER)
        with pytest.raises(SourceError, match="another place"):
            names(served)
    assert other.asked == []


def test_a_redirect_from_https_to_http_is_refused(
    folder: Path, authority: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[0]))
    with web_server(folder, authority[1]) as served, web_server(folder) as plain:
        served.faults[TINH] = redirect(plain.url + TINH)
        assert f"{served.url} redirects to {plain.url}" in refusal(served, token=TOKEN)
    assert plain.asked == []


def test_a_redirect_from_http_to_https_of_the_same_host_is_followed(
    folder: Path, authority: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[0]))
    with web_server(folder, authority[1]) as safe, web_server(folder) as plain:
        plain.faults[TINH] = redirect(safe.url + TINH)
        assert pulled(plain) == DATA


def test_a_server_that_sends_round_in_circles_is_told(served: WebServer) -> None:
    served.faults[TINH] = redirect(TINH)
    assert "round in circles" in refusal(served)


def test_a_certificate_that_nobody_vouches_for_is_told(folder: Path, authority: tuple[Path, ssl.SSLContext]) -> None:
    with web_server(folder, authority[1]) as served:
        said = refusal(served, token=TOKEN)
    assert "certificate" in said
    assert "SSL_CERT_FILE" in said
    assert served.asked == []


def test_https_to_a_server_that_speaks_http_is_told(served: WebServer) -> None:
    served.scheme = "https"
    assert "no encrypted connection" in refusal(served)


def test_user_and_password_or_a_token_open_a_closed_server(served: WebServer) -> None:
    served.is_closed = True
    assert pulled(served, username=USER, password=PASSWORD) == DATA
    assert pulled(served, token=TOKEN) == DATA
    assert "401; credentials are missing or refused" in refusal(served)
    assert "401; credentials are missing or refused" in refusal(served, token="wrong-4711")
    with pytest.raises(SourceError, match="401"):
        names(served)


def test_a_page_in_the_place_of_a_file_is_told(served: WebServer) -> None:
    served.faults[TINH] = page("<form>Đăng nhập</form>")
    assert "a web page came instead of a file" in refusal(served)


def test_a_file_that_is_forbidden_is_told(served: WebServer) -> None:
    served.faults[TINH] = status(403)
    assert "403; credentials are missing or refused" in refusal(served)


def test_credentials_never_go_over_plain_http_to_another_machine() -> None:
    with pytest.raises(SourceError, match="not sent over http") as refused:
        InputRoot("http://ioc.example/data", secret=Secret("input", json.dumps({"token": TOKEN})))
    assert TOKEN not in str(refused.value)
    with pytest.raises(SourceError, match="not sent over http"):
        InputRoot(f"http://{USER}:secret@ioc.example/data")
    InputRoot("http://ioc.example/data").close()
