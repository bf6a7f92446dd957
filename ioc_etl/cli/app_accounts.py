"""The commands of accounts and of the audit chain; added to those of `app`."""

from typing import Annotated

import typer

from ioc_etl.cli.options import As, AsJson, Language, PasswordStdin

user = typer.Typer(no_args_is_help=True, help="Accounts of the system: who may submit, approve, waive, export.")
audit = typer.Typer(no_args_is_help=True, help="The chain of everything that was done.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The account.", show_default=False)]
Roles = Annotated[
    list[str],
    typer.Option(
        "--role",
        help="centre, operator, finance, approver, auditor, admin (repeatable).",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the program's."""
    app.add_typer(user, name="user")
    app.add_typer(audit, name="audit")


@audit.command("verify", epilog="Example: ioc-etl audit verify")
def audit_verify(
    expect: Annotated[
        str | None, typer.Option(metavar="SEQ:HASH", help="A link that an earlier verify told: is it still there?")
    ] = None,
    as_json: AsJson = False,
    lang: Language = "vi",
) -> None:
    """Walk the chain and the steps that rest on it; exit code 1 and the first link that does not hold."""
    from ioc_etl.cli import audit as command

    raise typer.Exit(command.verify(expect, as_json=as_json, lang=lang))


@audit.command("list", epilog="Example: ioc-etl audit list 2022-01 --limit 20")
def audit_list(
    month: Annotated[str | None, typer.Argument(help="Reference month (default: everything).")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many of the last events.")] = 50,
    as_json: AsJson = False,
    lang: Language = "vi",
) -> None:
    """Show the last events: who did what, when."""
    from ioc_etl.cli import audit as command

    raise typer.Exit(command.show(month, limit, as_json=as_json, lang=lang))


@user.command("add", epilog="Example: ioc-etl user add ngan --full-name 'Trần Thị Ngân' --role finance --as quan-tri")
def user_add(
    name: Name,
    full_name: Annotated[str, typer.Option(help="Whose account it is.", show_default=False)],
    role: Roles,
    who: As = None,
    password_stdin: PasswordStdin = False,
    lang: Language = "vi",
) -> None:
    """Add an account. The first one is an admin's and needs nobody; then an admin's password is asked."""
    from ioc_etl.cli import user as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.add(name, full_name, role, Asking(who, password_stdin, lang)))


@user.command("list", epilog="Example: ioc-etl user list")
def user_list(as_json: AsJson = False, lang: Language = "vi") -> None:
    """List the accounts and their roles."""
    from ioc_etl.cli import user as command

    raise typer.Exit(command.show(as_json=as_json, lang=lang))


@user.command("role", epilog="Example: ioc-etl user role ngan --role finance --role operator --as quan-tri")
def user_role(
    name: Name, role: Roles, who: As = None, password_stdin: PasswordStdin = False, lang: Language = "vi"
) -> None:
    """Give an account other roles. Role: admin, and never one's own."""
    from ioc_etl.cli import user as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.role(name, role, Asking(who, password_stdin, lang)))


@user.command("disable", epilog="Example: ioc-etl user disable ngan --as quan-tri")
def user_disable(name: Name, who: As = None, password_stdin: PasswordStdin = False, lang: Language = "vi") -> None:
    """Shut an account out; its token is gone. Role: admin."""
    from ioc_etl.cli import user as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.switch(name, Asking(who, password_stdin, lang), is_active=False))


@user.command("enable", epilog="Example: ioc-etl user enable ngan --as quan-tri")
def user_enable(name: Name, who: As = None, password_stdin: PasswordStdin = False, lang: Language = "vi") -> None:
    """Let a disabled account in again. Role: admin."""
    from ioc_etl.cli import user as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.switch(name, Asking(who, password_stdin, lang), is_active=True))


@user.command("password", epilog="Example: ioc-etl user password --as ngan")
def user_password(who: As = None, password_stdin: PasswordStdin = False, lang: Language = "vi") -> None:
    """Change your own password; the old one is asked for. A token made before is void."""
    from ioc_etl.cli import user as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.password(Asking(who, password_stdin, lang)))


@user.command("token", epilog="Example: ioc-etl user token --as ngan")
def user_token(who: As = None, password_stdin: PasswordStdin = False, lang: Language = "vi") -> None:
    """Make a token that stands for your password in scripts (IOC_ETL_TOKEN); shown once, the one before is void."""
    from ioc_etl.cli import user as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.token(Asking(who, password_stdin, lang)))
