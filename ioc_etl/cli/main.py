"""The entry point, and what becomes of errors: 2 for a wrong question, 1 for work that could not be done."""

import io
import sys

from ioc_etl.cli.app import app
from ioc_etl.errors import IocEtlError, UsageError

FAILED = 1
USAGE = 2


def main() -> None:
    """Run the command line; errors of ours are one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Vietnamese in a C locale, and a file name that is no UTF-8, must not end a run whose month is loaded.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except IocEtlError as error:
        sys.stderr.write(f"ioc-etl: {error}\n")
        sys.exit(USAGE if isinstance(error, UsageError) else FAILED)
