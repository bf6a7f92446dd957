"""Arguments and options that several commands share."""

from dataclasses import dataclass
from typing import Annotated

import typer

from ioc_etl.errors import UsageError

LANGUAGES = ("vi", "en")


@dataclass(slots=True)
class Spoken:
    """The language in which one call of the program answers, also when it ends in an error; Vietnamese until asked."""

    lang: str = "vi"


def _remember(context: typer.Context, lang: str) -> str:
    """Raises: UsageError when there are no words of that language: before anything is done."""
    if lang not in LANGUAGES:
        raise UsageError(
            f"there is no language {lang!r}; use --lang vi or --lang en",
            f"không có ngôn ngữ {lang!r}; hãy ghi --lang vi hoặc --lang en",
        )
    if (spoken := context.find_object(Spoken)) is not None:
        spoken.lang = lang
    return lang


Month = Annotated[str, typer.Argument(help="Reference month, as 2022-01 or 01/2022.", show_default=False)]
AnyMonth = Annotated[str | None, typer.Argument(help="Reference month (default: every month).")]
Centre = Annotated[str, typer.Argument(help="The centre's code.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout; texts for people go to stderr.")]
Language = Annotated[str, typer.Option("--lang", callback=_remember, help="Language of texts and tables: vi or en.")]
As = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Who asks (default: IOC_ETL_ACTOR).")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read each password that is asked for from a line of standard input.")
]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept.", show_default=False)]
BatchName = Annotated[
    str,
    typer.Argument(metavar="BATCH", help="Its id, the beginning of it, or 2022-01/tinh/regular/1.", show_default=False),
]
CaseName = Annotated[
    str,
    typer.Argument(metavar="CASE", help="The case's id in the exception report, or its beginning.", show_default=False),
]
