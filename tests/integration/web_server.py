"""A real web server on loopback, with or without TLS, that can be told to misbehave."""

import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

LOOPBACK = "127.0.0.1"
USER, PASSWORD, TOKEN = "ioc-reader", "a-Very/secret:P@ssword", "secret-token-5A17"

Fault = Callable[["Handler"], bool]
"""Answers a request in its own way; False leaves it to the server."""


@dataclass(slots=True)
class WebServer:
    """A running server; `faults` by path, `is_closed` asks every request for USER and PASSWORD or TOKEN."""

    folder: Path
    scheme: str
    port: int
    faults: dict[str, Fault] = field(default_factory=dict)
    is_closed: bool = False
    asked: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The root folder, without credentials."""
        return f"{self.scheme}://{LOOPBACK}:{self.port}"


class Handler(SimpleHTTPRequestHandler):
    """Files of a folder, with its faults."""

    protocol_version = "HTTP/1.1"
    served: WebServer

    def do_GET(self) -> None:
        self.served.asked.append(self.path)
        self.served.told.append(self.headers.get("Authorization", ""))
        if self.served.is_closed and self.served.told[-1] not in _known():
            self.answer(401)
            return
        fault = self.served.faults.get(self.path)
        if fault is None or not fault(self):
            super().do_GET()

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A whole answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Silence."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_arguments: Any) -> None:
        """A client that hangs up is what some tests are about."""


@contextmanager
def web_server(folder: Path, tls: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    """Serve a folder until the end of the block."""
    handler = type("Here", (Handler,), {})
    server = _Server((LOOPBACK, 0), partial(handler, directory=str(folder)))
    served = WebServer(folder, "https" if tls else "http", server.server_address[1])
    handler.served = served
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def redirect(target: str, status: int = 302) -> Fault:
    """Send the client elsewhere."""

    def fault(handler: Handler) -> bool:
        handler.answer(status, Location=target)
        return True

    return fault


def status(code: int, times: int = 1_000_000) -> Fault:
    """Answer with a status, the first `times` times."""
    left = [times]

    def fault(handler: Handler) -> bool:
        left[0] -= 1
        if left[0] < 0:
            return False
        handler.answer(code)
        return True

    return fault


def page(html: str) -> Fault:
    """Answer with a page."""

    def fault(handler: Handler) -> bool:
        handler.answer(200, html.encode(), Content_Type="text/html; charset=utf-8")
        return True

    return fault


def half(handler: Handler) -> bool:
    """Promise the file and hang up in the middle of it."""
    data = _file(handler)
    _promise(handler, len(data))
    handler.wfile.write(data[: len(data) // 2])
    handler.close_connection = True
    return True


def drip(handler: Handler) -> bool:
    """Send a byte now and then."""
    data = _file(handler)
    _promise(handler, len(data))
    pause = threading.Event()
    with suppress(OSError):
        for place in range(len(data)):
            handler.wfile.write(data[place : place + 1])
            handler.wfile.flush()
            pause.wait(0.2)
    handler.close_connection = True
    return True


def without_length(handler: Handler) -> bool:
    """Send the file without saying how long it is."""
    data = _file(handler)
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(data)
    handler.close_connection = True
    return True


def endless(handler: Handler) -> bool:
    """Promise a terabyte and begin with it."""
    _promise(handler, 1 << 40)
    with suppress(OSError):
        while True:
            handler.wfile.write(bytes(1 << 16))
    return True


def once(fault: Fault) -> Fault:
    """A fault that passes by itself."""
    left = [1]

    def first(handler: Handler) -> bool:
        left[0] -= 1
        return left[0] >= 0 and fault(handler)

    return first


def certificate_authority(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """The file of a certificate authority, and a server's TLS with a certificate of it for this machine."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test CA")])
    ca = _signed(ca_name, ca_name, ca_key, ca_key, x509.BasicConstraints(ca=True, path_length=None), critical=True)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address(LOOPBACK))])
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    certificate = _signed(name, ca_name, key, ca_key, names, critical=False)
    ca_file, file = folder / "ca.pem", folder / "server.pem"
    pem = serialization.Encoding.PEM
    ca_file.write_bytes(ca.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + certificate.public_bytes(pem))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    return ca_file, tls


def _signed(
    name: x509.Name, issuer: x509.Name, key: Any, issuer_key: Any, extension: x509.ExtensionType, *, critical: bool
) -> x509.Certificate:
    now = datetime.now(UTC)
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(extension, critical=critical)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(issuer_id, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _known() -> set[str]:
    return {f"Basic {b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}", f"Bearer {TOKEN}"}


def _file(handler: Handler) -> bytes:
    return Path(handler.translate_path(handler.path)).read_bytes()


def _promise(handler: Handler, length: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(length))
    handler.end_headers()
