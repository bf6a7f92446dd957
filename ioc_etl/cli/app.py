"""The commands, their options and their help. Each calls a module of its own, imported when it is called."""

from pathlib import Path
from typing import Annotated

import typer

from ioc_etl.cli import app_accounts, app_ledger
from ioc_etl.cli.options import AsJson, Centre, Language, Month

app = typer.Typer(
    name="ioc-etl",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 120},
    help="The monthly support of the people who staff the province's Intelligent Operation Centres.\n\n"
    "Example: ioc-etl run 2022-01 --input /srv/ioc",
    epilog="Exit codes: 0 done; 3 done, but a centre has no file in force or a new file was refused; "
    "2 wrong usage; 1 failed, nothing decided.",
)
db = typer.Typer(no_args_is_help=True, help="The database: bring it up to date, check it, stop the embedded one.")
app.add_typer(db, name="db")
app_ledger.register(app)
app_accounts.register(app)

Input = Annotated[
    str | None,
    typer.Option(
        "--input",
        help="Folder or URL with rosters/ and registers/ (default: IOC_ETL_INPUT). Its budgets count for every month.",
    ),
]


@app.command(
    epilog="Examples: ioc-etl run 2022-02 --centre dong-xoai --input /srv/ioc\n\n"
    "ioc-etl run 2022-01..2022-06 --missing\n\nioc-etl run 2022-02 --plan"
)
def run(
    months: Annotated[
        list[str],
        typer.Argument(metavar="MONTH", help="2022-01, 01/2022, a range 2022-01..2022-06.", show_default=False),
    ],
    centre: Annotated[
        list[str] | None, typer.Option(help="Pull only this centre (repeatable); the whole month is decided.")
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="Pull only what is missing or failed; the whole month is decided.")
    ] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show what a run would do and its plan number; write nothing.")
    ] = False,
    apply: Annotated[
        str | None, typer.Option(metavar="PLAN", help="Run only if nothing has moved since the plan of this number.")
    ] = None,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Do not wait for another run of the month: say who holds it.")
    ] = False,
    who: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="NAME",
            help="Who runs it, an operator, finance or admin (default: IOC_ETL_ACTOR, else the system itself).",
        ),
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from a line of standard input.")
    ] = False,
    input_root: Input = None,
    reports: Annotated[
        Path | None, typer.Option(help="Folder for the exception reports (default: IOC_ETL_HOME/reports).")
    ] = None,
    as_json: AsJson = False,
    lang: Language = "vi",
) -> None:
    """Pull, check and load months: payment records and exception reports. Running again pays only what is still due."""
    from ioc_etl.cli import run as command
    from ioc_etl.cli.acting import Asking

    options = command.RunOptions(
        centres=tuple(centre) if centre else None,
        missing=missing,
        plan=plan,
        apply=apply,
        waits=not no_wait,
        asking=Asking(who, password_stdin, lang),
        input_root=input_root,
        reports=reports,
        as_json=as_json,
        lang=lang,
    )
    raise typer.Exit(command.run(months, options))


@app.command(epilog="Example: ioc-etl replay 2022-02")
def replay(
    month: Month,
    run: Annotated[str | None, typer.Option(help="The run's id, or its beginning (default: the current run).")] = None,
    as_json: AsJson = False,
    lang: Language = "vi",
) -> None:
    """Compute a run again from what was kept, and say whether it is the same to the đồng. Writes nothing."""
    from ioc_etl.cli import replay as command

    raise typer.Exit(command.replay(month, run, as_json=as_json, lang=lang))


@app.command(epilog="Example: ioc-etl check dong-xoai.xlsx --month 2022-02 --input /srv/ioc")
def check(
    file: Annotated[Path, typer.Argument(help="A roster, or a register (approved_list.csv, ...).", show_default=False)],
    centre: Annotated[str | None, typer.Option(help="The centre's code (default: the file's name).")] = None,
    month: Annotated[str | None, typer.Option(help="Reference month (default: the folder's name).")] = None,
    input_root: Input = None,
    as_json: AsJson = False,
    lang: Language = "vi",
) -> None:
    """Give a roster the findings that the month's run would give it, before it is sent. Needs no database."""
    from ioc_etl.cli import check as command

    raise typer.Exit(command.check(file, centre, month, input_root, as_json=as_json, lang=lang))


@app.command(epilog="Examples: ioc-etl status\n\nioc-etl status 2022-02\n\nioc-etl status --from 2022-01 --to 2022-06")
def status(
    month: Annotated[str | None, typer.Argument(help="One month in detail (default: a calendar).")] = None,
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="MONTH", help="The calendar's first month (default: twelve of them)."),
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="MONTH", help="The calendar's last month.")] = None,
    as_json: AsJson = False,
    lang: Language = "vi",
) -> None:
    """Where every centre's month stands, for how long, and what to do next."""
    from ioc_etl.cli import status as command

    raise typer.Exit(command.status(month, first, last, as_json=as_json, lang=lang))


@app.command(epilog="Example: ioc-etl explain 2022-02   (asks for the citizen ID, so that it stays out of the history)")
def explain(
    asked: Annotated[
        list[str], typer.Argument(metavar="[CITIZEN_ID] MONTH", help="The ID may be left out: it is asked for.")
    ],
    as_json: AsJson = False,
    lang: Language = "vi",
) -> None:
    """Say why a person was paid, or not: every rule, the cell it read, the clause, the rank, the competing row."""
    from ioc_etl.cli import explain as command

    raise typer.Exit(command.explain(asked, as_json=as_json, lang=lang))


@app.command("hand-back", epilog="Example: ioc-etl hand-back 2022-02 dong-xoai --out dong-xoai-tra-lai.xlsx")
def hand_back(
    month: Month,
    centre: Centre,
    out: Annotated[
        Path | None,
        typer.Option(help="Where to write it (default: IOC_ETL_HOME/reports/<month>/<centre>-<month>-tra-lai.xlsx)."),
    ] = None,
    lang: Language = "vi",
) -> None:
    """Give a centre its own roster back with the bad cells coloured and commented, to be mended and sent in again."""
    from ioc_etl.cli import hand_back as command

    raise typer.Exit(command.hand_back(month, centre, out, lang=lang))


@app.command(epilog="Example: ioc-etl template dong-xoai --month 2022-03 --out dong-xoai.xlsx")
def template(
    centre: Centre,
    month: Annotated[str | None, typer.Option(help="Reference month (default: the present one).")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write it (default: <centre>.xlsx here).")] = None,
) -> None:
    """Write an empty roster in the official form, with drop-downs."""
    from ioc_etl.cli import template as command

    raise typer.Exit(command.template(centre, month, out))


@app.command(epilog="Example: ioc-etl impact 2022 --out tac-dong-2022.xlsx")
def impact(
    year: Annotated[int, typer.Argument(help="Budget year.", show_default=False)],
    base_salary: Annotated[
        int | None, typer.Option(help="Base salary in đồng (default: the decree in force, month by month).")
    ] = None,
    centre: Annotated[list[str] | None, typer.Option(help="Only these centres (repeatable).")] = None,
    out: Annotated[Path | None, typer.Option(help="Also write the tables as this xlsx file.")] = None,
    lang: Language = "vi",
) -> None:
    """Print the impact report's tables beside the policy's own, with the differences named."""
    from ioc_etl.cli import impact as command

    raise typer.Exit(command.impact(year, base_salary, centre, out, lang=lang))


@app.command(epilog="Example: ioc-etl demo --folder ioc-demo")
def demo(
    folder: Annotated[Path, typer.Option(help="Where to write rosters, registers and reports.")] = Path("ioc-demo"),
    with_prefect: Annotated[
        bool,
        typer.Option("--prefect/--no-prefect", help="Run the scheduled Prefect flow, or call the pipeline directly."),
    ] = True,
) -> None:
    """Two months of four centres as real office files, run from beginning to end."""
    from ioc_etl.cli import demo as command

    raise typer.Exit(command.demo(folder, with_prefect=with_prefect))


@app.command(epilog="Example: ioc-etl serve --port 4200")
def serve(
    port: Annotated[int, typer.Option(help="Port of the Prefect page on this machine.")] = 4200,
    input_root: Input = None,
) -> None:
    """Start Prefect server, schedules and worker together on a single machine."""
    from ioc_etl.cli import serve as command

    command.serve(port, input_root)


@db.command("upgrade", epilog="Example: ioc-etl db upgrade")
def db_upgrade() -> None:
    """Bring the database to the schema of this program."""
    from ioc_etl.cli import db as command

    raise typer.Exit(command.upgrade())


@db.command("check", epilog="Example: ioc-etl db check")
def db_check() -> None:
    """Run every check of the database; each must find nothing."""
    from ioc_etl.cli import db as command

    raise typer.Exit(command.check())


@db.command("stop", epilog="Example: ioc-etl db stop")
def db_stop(
    *,
    remove: Annotated[
        bool, typer.Option("--remove", help="Delete its database too, with every payment and decision in it.")
    ] = False,
) -> None:
    """Stop the embedded PostgreSQL. It starts by itself when it is needed again."""
    from ioc_etl.cli import db as command

    raise typer.Exit(command.stop(remove=remove))
