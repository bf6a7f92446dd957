"""A real object store's server on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

LOOPBACK = "127.0.0.1"
BUCKET = "ioc"
KEY, SECRET = "AKIAIOCREADER00", "a-Very/secret+Key"


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running store; `client` is for the test to change what it holds."""

    endpoint_url: str
    client: Any

    @property
    def secret(self) -> dict[str, str]:
        """What the program's secret holds."""
        return {"key": KEY, "secret": SECRET, "endpoint_url": self.endpoint_url, "region": "us-east-1"}

    def put_folder(self, folder: Path, prefix: str) -> None:
        """Every file of a folder as an object below the prefix."""
        for path in folder.rglob("*"):
            if path.is_file():
                key = f"{prefix}/{path.relative_to(folder).as_posix()}"
                self.client.put_object(Bucket=BUCKET, Key=key, Body=path.read_bytes())


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """A store with one empty bucket until the end of the block."""
    server = ThreadedMotoServer(ip_address=LOOPBACK, port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
    )
    try:
        client.create_bucket(Bucket=BUCKET)
        yield S3Server(endpoint, client)
    finally:
        client.close()
        server.stop()
