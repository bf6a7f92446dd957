"""Reports on disk: they hold personal data, so only their owner reads them, and they appear whole or not at all."""

import os
import tempfile
from pathlib import Path

from ioc_etl.errors import SourceError

_OWNER_ONLY = 0o700


def write_report(path: Path, content: bytes) -> Path:
    """Write the file beside its place and move it there.

    Raises:
        SourceError: the folder cannot be made or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=_OWNER_ONLY)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(temporary).replace(path)
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror}") from error
    return path
