"""Rosters in an S3 bucket, of whatever provider: endpoint and keys come with the credentials."""

import ssl
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from threading import Lock
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from aiohttp import ClientError as BodyError
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    SSLError,
)
from fsspec.asyn import sync
from s3fs import S3FileSystem

from ioc_etl.adapters.source_address import Address, is_loopback
from ioc_etl.adapters.source_store import Access, gone_wrong, never_in_clear, require_whole, took_too_long
from ioc_etl.errors import SourceError

_CHUNK = 64 * 1024
_CLOSE_SECONDS = 5
_THROTTLED = {
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "RequestTimeout",
    "RequestLimitExceeded",
    "InternalError",
}

T = TypeVar("T")


def open_store(address: Address, access: Access) -> "S3Store":
    """The store of an s3://bucket/prefix address.

    Raises:
        SourceError: credentials would go over the net in clear, or half of a pair of keys is missing.
    """
    return S3Store(address, access)


class S3Store:
    """Objects below a prefix of a bucket (`source_store.Store`)."""

    def __init__(self, address: Address, access: Access) -> None:
        self._address = address
        self._access = access
        self._prefix = unquote(address.path).strip("/")
        self._files = _opened(address, access)
        self._lock = Lock()

    def require(self) -> None:
        """The bucket must be there, and something below the prefix."""
        found = self._tried(self._address.shown, lambda: self._files._ls(self._key(""), refresh=True))  # noqa: SLF001
        if not found:
            raise SourceError(f"there is no bucket or nothing in it: {self._address.shown}")

    def names(self, folder: str) -> tuple[str, ...]:
        """The objects whose keys lie directly below the folder's."""
        place = self._key(folder)
        entries = self._tried(
            f"{self._address.shown}/{folder}",
            lambda: self._files._ls(place, detail=True, refresh=True),  # noqa: SLF001 - on the loop, bounded in time
        )
        below = [entry["name"] for entry in entries or () if entry["type"] == "file"]
        names = [name.removeprefix(f"{place}/") for name in below if name.startswith(f"{place}/")]
        return tuple(sorted(name for name in names if name and "/" not in name))

    def read(self, path: str, max_bytes: int) -> bytes | None:
        """An object is replaced whole, so only its length is compared."""
        what = f"{self._address.shown}/{path}"
        bucket, _, key = self._key(path).partition("/")
        return self._tried(what, lambda: self._got(what, bucket, key, max_bytes))

    def close(self) -> None:
        """Requests under way end with an error."""
        with self._lock:
            client, self._files._s3 = self._files._s3, None  # noqa: SLF001 - where s3fs keeps it, and makes it anew
        if client is not None:
            sync(self._files.loop, client.close, timeout=_CLOSE_SECONDS)

    def _key(self, path: str) -> str:
        return "/".join(part for part in (self._address.host, self._prefix, path) if part)

    async def _got(self, what: str, bucket: str, key: str, max_bytes: int) -> bytes:
        found = await self._files._call_s3("get_object", Bucket=bucket, Key=key)  # noqa: SLF001
        data = bytearray()
        async with found["Body"] as body:
            while len(data) <= max_bytes and (chunk := await body.read(_CHUNK)):
                data += chunk
        return require_whole(what, bytes(data[: max_bytes + 1]), found["ContentLength"], max_bytes)

    def _tried(self, what: str, work: Callable[[], Awaitable[T]]) -> T | None:
        """What the work gives, or None when there is no such object, folder or bucket."""
        try:
            found: T = sync(self._files.loop, work, timeout=self._access.seconds)
        except FileNotFoundError:
            return None
        except (IncompleteReadError, BodyError) as error:
            raise gone_wrong(what, type(error).__name__) from error
        except NoCredentialsError as error:
            raise SourceError(f"{what}: no credentials; give its secret key and secret") from error
        except SSLError as error:
            raise SourceError(f"{what}: the certificate of its endpoint is not to be trusted") from error
        except (ParamValidationError, ValueError) as error:
            raise SourceError(f"{what}: {type(error).__name__}; look at the bucket's name and the endpoint") from error
        except BotoCoreError as error:
            raise gone_wrong(what, type(error).__name__) from error
        except (ClientError, OSError) as error:
            raise _refusal(what, error, self._access.seconds) from error
        return found


def _opened(address: Address, access: Access) -> S3FileSystem:
    given = access.credentials
    if ("key" in given) != ("secret" in given):
        raise SourceError(f"{address.shown}: key and secret go together; its secret has only one of them")
    endpoint = given.get("endpoint_url")
    parts = urlsplit(endpoint or "https:")
    if "key" in given and parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise never_in_clear(address)
    settings = {
        "connect_timeout": access.connect_seconds,
        "read_timeout": access.seconds,
        "retries": {"total_max_attempts": 1},  # trying again is told to who waits, so it is not done here
    }
    files = S3FileSystem(
        anon="key" not in given,  # never keys that lie around on the machine for something else
        key=given.get("key"),
        secret=given.get("secret"),
        token=given.get("token"),
        endpoint_url=endpoint,
        client_kwargs={
            "verify": ssl.get_default_verify_paths().cafile or True,  # SSL_CERT_FILE, which botocore does not know
            **({"region_name": given["region"]} if "region" in given else {}),
        },
        config_kwargs=settings,
        skip_instance_cache=True,
        use_listings_cache=False,
    )
    files.retries = 1
    return files


def _refusal(what: str, error: ClientError | OSError, seconds: float) -> Exception:
    """The error of ours for what the service answered; s3fs hands on a plain OSError with the answer as its cause."""
    if isinstance(error, TimeoutError):
        return took_too_long(what, seconds)
    answer = error if isinstance(error, ClientError) else error.__cause__
    if not isinstance(answer, ClientError):
        return gone_wrong(what, type(error).__name__)
    code = str(answer.response.get("Error", {}).get("Code", ""))
    status: Any = answer.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS or code in _THROTTLED:
        return gone_wrong(what, f"the service answered {status} {code}")
    if isinstance(error, PermissionError):
        return SourceError(f"{what}: access denied ({code}); credentials are missing or refused")
    return SourceError(f"{what}: the service answered {status} {code}")
