"""Rosters from a web server: certificates always checked, never led to another host, never more read than asked for."""

import ssl
from base64 import b64encode
from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock
from urllib.parse import quote

import aiohttp
from fsspec.asyn import sync
from fsspec.implementations.http import HTTPFileSystem
from yarl import URL

from ioc_etl.adapters.source_address import Address
from ioc_etl.adapters.source_http_index import names_in_index
from ioc_etl.adapters.source_store import Access, gone_wrong, never_in_clear, reason_of, require_whole, took_too_long
from ioc_etl.errors import SourceError

INDEX_MAX_BYTES = 16 * 1024 * 1024
"""A listing of ten thousand files has two or three; past this a page is no listing."""
_REDIRECTS_AT_MOST = 5
_CHUNK = 64 * 1024
_CLOSE_SECONDS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_PASSES = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_NOT_THERE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_NO_LISTING = {*_NOT_THERE, HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED}
_REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED}
_HTML = {"text/html", "application/xhtml+xml"}


def open_store(address: Address, access: Access) -> "HttpStore":
    """The store of an http:// or https:// address.

    Raises:
        SourceError: credentials would go over the net in clear.
    """
    return HttpStore(address, access)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the server said at last: `url` after redirects, `data` cut off one byte past what is read."""

    url: URL
    status: int
    kind: str
    data: bytes


class HttpStore:
    """Files below a web server's folder (`source_store.Store`).

    The file system is fsspec's, for its loop and its session; the requests are our own, since its own ones follow any
    redirect, read without bound and take what is cut off.
    """

    def __init__(self, address: Address, access: Access) -> None:
        self._address = address
        self._access = access
        self._headers = _headers(address, access)
        self._files = HTTPFileSystem(skip_instance_cache=True, get_client=self._session)
        self._lock = Lock()

    def require(self) -> None:
        """A web server does not tell whether a folder is there; whether it answers at all, the first listing shows."""

    def names(self, folder: str) -> tuple[str, ...] | None:
        """None when the server shows no listing, or a page that lists nothing."""
        what = f"{self._address.shown}/{folder}/"
        answer = self._answer(f"{folder}/", INDEX_MAX_BYTES)
        if answer.status in _NO_LISTING:
            return None
        _require_fine(what, answer.status)
        if len(answer.data) > INDEX_MAX_BYTES:
            raise SourceError(f"{what}: its page is longer than {INDEX_MAX_BYTES} bytes; that is no listing of files")
        if answer.kind not in _HTML:
            return None
        page = answer.data.decode(errors="replace")
        return names_in_index(page, str(answer.url), self._url(f"{folder}/").raw_path) or None

    def read(self, path: str, max_bytes: int) -> bytes | None:
        """What has neither a length nor an end of its own is not taken: half of it would look whole."""
        answer = self._answer(path, max_bytes)
        if answer.status in _NOT_THERE:
            return None
        _require_fine(f"{self._address.shown}/{path}", answer.status)
        if answer.kind in _HTML:
            raise SourceError(f"{self._address.shown}/{path}: a web page came instead of a file; is a login needed?")
        return answer.data

    def close(self) -> None:
        """Requests under way end with an error."""
        with self._lock:
            session, self._files._session = self._files._session, None  # noqa: SLF001 - where fsspec keeps it
        if session is not None:
            sync(self._files.loop, session.close, timeout=_CLOSE_SECONDS)

    async def _session(self, **_given: object) -> aiohttp.ClientSession:
        limits = aiohttp.ClientTimeout(total=self._access.seconds, sock_connect=self._access.connect_seconds)
        # Made anew for each session, so that SSL_CERT_FILE counts; aiohttp's own is made when it is imported.
        connector = aiohttp.TCPConnector(ssl=ssl.create_default_context())
        return aiohttp.ClientSession(
            connector=connector, timeout=limits, headers=self._headers, auto_decompress=False, trust_env=False
        )

    def _answer(self, path: str, max_bytes: int) -> _Answer:
        what = f"{self._address.shown}/{path}"
        try:
            answer: _Answer = sync(self._files.loop, self._asked, what, path, max_bytes, timeout=self._access.seconds)
        except aiohttp.ClientConnectorCertificateError as error:
            raise SourceError(
                f"{what}: the certificate of {self._address.host} is not to be trusted ({_told(error)}); "
                "for a certificate authority of your own name its file with SSL_CERT_FILE"
            ) from error
        except aiohttp.ClientConnectorSSLError as error:
            if isinstance(error.os_error, ssl.SSLEOFError):
                raise gone_wrong(what, type(error.os_error).__name__) from error
            raise SourceError(f"{what}: no encrypted connection comes about; is it an https server?") from error
        except aiohttp.InvalidURL as error:
            raise SourceError(f"{what} is no address that can be asked for") from error
        except TimeoutError as error:
            raise took_too_long(what, self._access.seconds) from error
        except (aiohttp.ClientError, OSError) as error:
            raise gone_wrong(what, _reason(error)) from error
        return answer

    async def _asked(self, what: str, path: str, max_bytes: int) -> _Answer:
        session: aiohttp.ClientSession = await self._files.set_session()
        url = self._url(path)
        for _ in range(_REDIRECTS_AT_MOST + 1):
            # By hand: a library that follows has spoken to the other host before anybody can refuse.
            async with session.get(url, allow_redirects=False) as response:
                if response.status not in _REDIRECTS:
                    return await _received(what, response, max_bytes)
                url = _followed(what, url, response.headers.get("Location", ""))
        raise SourceError(f"{what}: the server sends us round in circles; it redirected {_REDIRECTS_AT_MOST + 1} times")

    def _url(self, path: str) -> URL:
        return URL(f"{URL(self._address.shown)}/{quote(path, errors='surrogateescape')}", encoded=True)


def _headers(address: Address, access: Access) -> dict[str, str]:
    given = access.credentials
    # Compressed answers would need a bound of their own; a roster is compressed as it is.
    headers = {"Accept-Encoding": "identity", "User-Agent": "ioc-etl"}
    if not given:
        return headers
    if address.scheme != "https" and not address.is_on_this_machine:
        raise never_in_clear(address)
    if "token" in given:
        return {**headers, "Authorization": f"Bearer {given['token']}"}
    pair = f"{given.get('username', '')}:{given.get('password', '')}"
    return {**headers, "Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def _followed(what: str, url: URL, location: str) -> URL:
    """Where a redirect leads, when that is the same server.

    Raises:
        SourceError: it is another one.
    """
    try:
        target = url.join(URL(location, encoded=True)).with_user(None)
        here, there = url.origin(), target.origin()
    except ValueError as error:
        raise SourceError(f"{what}: the server redirects to something that is no address") from error
    is_upgrade = (here.scheme, there.scheme) == ("http", "https") and here.host == there.host
    if here != there and not is_upgrade:
        raise SourceError(
            f"{what}: {here} redirects to {there}, another place; nothing was asked there. "
            "If the rosters have moved, name their new address"
        )
    return target


async def _received(what: str, response: aiohttp.ClientResponse, max_bytes: int) -> _Answer:
    answer = _Answer(response.url, response.status, response.content_type, b"")
    if response.status != HTTPStatus.OK:
        return answer
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise SourceError(f"{what}: the server compresses its answer although it was asked not to; switch that off")
    is_chunked = response.headers.get("Transfer-Encoding", "").lower() == "chunked"
    if response.content_length is None and not is_chunked:
        raise SourceError(f"{what}: the server does not say how long the file is, so half of it could pass for all")
    data = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        data += chunk
        if len(data) > max_bytes:
            break
    cut = bytes(data[: max_bytes + 1])
    if response.content_length is not None:
        require_whole(what, cut, response.content_length, max_bytes)
    return _Answer(answer.url, answer.status, answer.kind, cut)


def _require_fine(what: str, status: int) -> None:
    if status == HTTPStatus.OK:
        return
    if status in _PASSES or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise gone_wrong(what, f"the server answered {status}")
    if status in _REFUSED:
        raise SourceError(f"{what}: the server answered {status}; credentials are missing or refused")
    raise SourceError(f"{what}: the server answered {status}")


def _reason(error: Exception) -> str:
    return reason_of(error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error)


def _told(error: aiohttp.ClientConnectorCertificateError) -> str:
    reason = error.certificate_error
    return reason.verify_message if isinstance(reason, ssl.SSLCertVerificationError) else type(reason).__name__
