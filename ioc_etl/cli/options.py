"""Arguments and options that several commands share."""

from typing import Annotated

import typer

Month = Annotated[str, typer.Argument(help="Reference month, as 2022-01 or 01/2022.", show_default=False)]
AnyMonth = Annotated[str | None, typer.Argument(help="Reference month (default: every month).")]
Centre = Annotated[str, typer.Argument(help="The centre's code.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout; texts for people go to stderr.")]
Language = Annotated[str, typer.Option("--lang", help="Language of texts and tables: vi or en.")]
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
