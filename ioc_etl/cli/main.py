"""The entry point, and what becomes of errors: 2 for a wrong question, 1 for work that could not be done."""

import io
import os
import sys
from contextlib import nullcontext

from ioc_etl.cli.app import app
from ioc_etl.cli.options import Spoken
from ioc_etl.cli.words import told_error
from ioc_etl.errors import IocEtlError, UsageError
from ioc_etl.pipeline.privacy import NoPersonalValues

FAILED = 1
USAGE = 2
_PLACES = frozenset({"HOME", "XDG_DATA_HOME", "PWD"})
DEBUG = "IOC_ETL_DEBUG"
"""With it an error that nobody foresaw is shown whole: it may quote a row."""


def main() -> None:
    """Run the command line; an error is one line on stderr, in the language asked for where it has a text in it.

    Of a foreign error its kind and its places in the code are told.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Vietnamese in a C locale, and a file name that is no UTF-8, must not end a run whose month is loaded.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    spoken = Spoken()
    try:
        _refuse_letters_that_are_lost()
        with nullcontext() if os.environ.get(DEBUG) else NoPersonalValues():
            app(obj=spoken)
    except IocEtlError as error:
        sys.stderr.write(f"ioc-etl: {told_error(error, spoken.lang)}\n")
        sys.exit(USAGE if isinstance(error, UsageError) else FAILED)


def _refuse_letters_that_are_lost() -> None:
    """Where Python takes words and names of files for another encoding than UTF-8, letters beyond ASCII arrive broken.

    Raises:
        UsageError: there are such letters; a reason would be kept unreadable, a folder not be found.
    """
    if sys.getfilesystemencoding() == "utf-8":
        return
    places = (value for name, value in os.environ.items() if name in _PLACES or name.startswith("IOC_ETL_"))
    if not all(text.isascii() for text in (*sys.argv[1:], *places)):
        raise UsageError(
            "this terminal's language has no Vietnamese letters, and an argument or a folder has some; "
            "set PYTHONUTF8=1 or a UTF-8 locale (LC_ALL=C.UTF-8)"
        )
