"""The address of a source: a folder's path, or a URL; what of it may be shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from ioc_etl.errors import SourceError

FOLDER = "file"
_ALIASES = {"ssh": "sftp", "s3a": "s3"}
_LOOKED_UP = {"sftp", "http", "https"}
"""Schemes whose host is a name of the net; elsewhere it is a bucket."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a source is.

    `host` is an object store's bucket, `path` is as the URL has it (percent-encoded) but for a folder, `shown` is the
    address without credentials: fit for logs, errors and the kept origin.
    """

    scheme: str
    host: str
    port: int | None
    path: str
    shown: str
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def is_on_this_machine(self) -> bool:
        """Whether nobody else can listen to what is sent there."""
        return is_loopback(self.host)


def address_of(place: str) -> Address:
    """A URL's parts; what is no URL is a folder, whatever characters its name has.

    Raises:
        SourceError: it is no URL that can be used; never quotes the part that could be a password.
    """
    if "://" not in place:
        return Address(FOLDER, "", None, str(Path(place).absolute()), place)
    shown = without_credentials(place)
    try:
        parts = urlsplit(place)
        port = parts.port
    except ValueError as error:
        raise SourceError(f"{shown} is no URL that can be read ({_MEND})") from error
    if "@" in place and "@" not in parts.netloc:
        raise SourceError(f"{shown} is not clear ({_MEND})")
    if parts.query or parts.fragment:
        raise SourceError(f"the input {shown} cannot have a query or a fragment; credentials belong in a secret")
    scheme = _ALIASES.get(parts.scheme, parts.scheme)
    if scheme == FOLDER:
        return Address(FOLDER, "", None, str(Path(unquote(parts.path)).absolute()), shown)
    host = (parts.hostname or "") if scheme != "s3" else parts.netloc.rpartition("@")[2]
    if not host:
        raise SourceError(f"the input {shown} names no host")
    if scheme in _LOOKED_UP and not _can_be_looked_up(host):
        raise SourceError(f"the host of {shown} is no name that can be looked up; is a dot or a letter too many in it?")
    return Address(scheme, host, port, parts.path, shown.rstrip("/"), _credentials(parts, scheme))


_MEND = "in a user, a password or a path write @ as %40, : as %3A, / as %2F, # as %23, ? as %3F"


def without_credentials(place: str) -> str:
    """The address without user, password and query, fit to be kept and shown."""
    scheme, is_url, rest = place.partition("://")
    if not is_url:
        return place
    netloc, slash, path = rest.partition("/")
    host = netloc.rpartition("@")[2]
    if ("@" in rest and "@" not in netloc) or not _is_host(host):
        return f"{scheme}://…"
    return f"{scheme}://{host}{slash}{path}".partition("?")[0].partition("#")[0]


def is_loopback(host: str) -> bool:
    """Whether the host is this machine by its very name."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_host(host: str) -> bool:
    """Whether it is a host with nothing but a port's number behind it, so that it hides no half of a password."""
    name, colon, port = host.rpartition(":")
    return host.endswith("]") or not colon or ("@" not in name and (not port or port.isdigit()))


def _can_be_looked_up(host: str) -> bool:
    """Whether it can be asked for at all: `a..b` and a label of more than 63 letters cannot."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return host.isprintable()


def _credentials(parts: SplitResult, scheme: str) -> dict[str, str]:
    names = ("key", "secret") if scheme == "s3" else ("username", "password")
    given = zip(names, (parts.username, parts.password), strict=True)
    return {name: unquote(value) for name, value in given if value}
