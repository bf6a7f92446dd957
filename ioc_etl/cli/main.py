"""The entry point, and what becomes of errors: 2 for a wrong question, 1 for work that could not be done."""

import io
import os
import sys
from contextlib import nullcontext

from ioc_etl.cli.app import app
from ioc_etl.errors import IocEtlError, UsageError
from ioc_etl.pipeline.privacy import NoPersonalValues

FAILED = 1
USAGE = 2
DEBUG = "IOC_ETL_DEBUG"
"""With it an error that nobody foresaw is shown whole: it may quote a row."""


def main() -> None:
    """Run the command line; an error is one line on stderr, of a foreign one its kind and its places in the code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Vietnamese in a C locale, and a file name that is no UTF-8, must not end a run whose month is loaded.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        with nullcontext() if os.environ.get(DEBUG) else NoPersonalValues():
            app()
    except IocEtlError as error:
        sys.stderr.write(f"ioc-etl: {error}\n")
        sys.exit(USAGE if isinstance(error, UsageError) else FAILED)
