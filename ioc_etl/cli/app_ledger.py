"""The commands of the ledger: batches, what finance decides, what leaves and comes back; added to those of `app`."""

from pathlib import Path
from typing import Annotated

import typer

from ioc_etl.cli.options import (
    AnyMonth,
    As,
    AsJson,
    BatchName,
    CaseName,
    Centre,
    Language,
    Month,
    PasswordStdin,
    Reason,
)

opening = typer.Typer(no_args_is_help=True, help="Money paid before go-live, outside the system.")
ledger = typer.Typer()


def register(app: typer.Typer) -> None:
    """Add the commands to the program's."""
    app.add_typer(ledger)
    app.add_typer(opening, name="opening")


@ledger.command(epilog="Example: ioc-etl batches 2022-01")
def batches(
    month: AnyMonth = None,
    as_json: AsJson = False,
    lang: Language = "vi",
) -> None:
    """List the batches of a month: kind, state, lines, amount."""
    from ioc_etl.cli import batches as command

    raise typer.Exit(command.batches(month, as_json=as_json, lang=lang))


@ledger.command(
    "hand-in",
    epilog="Example: ioc-etl hand-in 2022-02 dong-xoai --others stand --as ngan --reason 'đã gọi'   (then run)",
)
def hand_in(
    month: Month,
    centre: Centre,
    others: Annotated[
        str, typer.Option(help="stand: the others stay as they were sent; left: they are no longer on the roster.")
    ],
    reason: Reason,
    who: As = None,
    password_stdin: PasswordStdin = False,
    lang: Language = "vi",
) -> None:
    """Say what became of the people who are not in a returned file of mended rows. Roles: finance, operator."""
    from ioc_etl.cli import hand_in as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.hand_in(month, centre, others, reason, Asking(who, password_stdin, lang)))


@ledger.command(epilog="Example: ioc-etl submit 2022-01/dong-xoai/regular/1 --as ngan --reason 'Đã soát ngoại lệ'")
def submit(
    batch: BatchName,
    reason: Reason,
    who: As = None,
    password_stdin: PasswordStdin = False,
    as_json: AsJson = False,
    lang: Language = "vi",
) -> None:
    """Hand a draft to the approvers (trình duyệt). Role: finance."""
    from ioc_etl.cli import batches as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.submit(batch, reason, Asking(who, password_stdin, lang), as_json=as_json))


@ledger.command(
    epilog="Example: ioc-etl approve 2022-01/dong-xoai/regular/1 --total 12.345.000 --pay-date 2022-02-10 "
    "--as lanh-dao --reason 'Đồng ý chi'"
)
def approve(
    batch: BatchName,
    total: Annotated[str, typer.Option(metavar="VND", help="The batch's total in đồng, as you expect it.")],
    pay_date: Annotated[str, typer.Option(metavar="DATE", help="When it is to be paid, as 2022-02-10.")],
    reason: Reason,
    paper: Annotated[
        str | None,
        typer.Option(metavar="NUMBER", help="Of a pay date before today: the number of the paper that says so."),
    ] = None,
    who: As = None,
    password_stdin: PasswordStdin = False,
    as_json: AsJson = False,
    lang: Language = "vi",
) -> None:
    """Approve a submitted batch; nobody approves their own work. Role: approver."""
    from ioc_etl.cli import batches as command
    from ioc_etl.cli.acting import Asking

    asking = Asking(who, password_stdin, lang)
    raise typer.Exit(command.approve(batch, total, pay_date, reason, asking, paper=paper, as_json=as_json))


@ledger.command(epilog="Example: ioc-etl void 2022-01/dong-xoai/regular/1 --as ngan --reason 'Sai ngày chi'")
def void(
    batch: BatchName,
    reason: Reason,
    who: As = None,
    password_stdin: PasswordStdin = False,
    as_json: AsJson = False,
    lang: Language = "vi",
) -> None:
    """Take an approval back before the batch is exported. Role: finance or approver."""
    from ioc_etl.cli import batches as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.void(batch, reason, Asking(who, password_stdin, lang), as_json=as_json))


@ledger.command(epilog="Example: ioc-etl waive 4f4d44a8 --until 2022-06 --as ngan --reason 'QĐ 12/QĐ-SYT'")
def waive(
    case: CaseName,
    reason: Reason,
    until: Annotated[
        str | None, typer.Option(metavar="MONTH", help="The last month it holds for (default: the case's own).")
    ] = None,
    for_good: Annotated[
        bool, typer.Option("--for-good", help="For every month from the case's own on; only what blocks nothing.")
    ] = False,
    who: As = None,
    password_stdin: PasswordStdin = False,
    lang: Language = "vi",
) -> None:
    """Set a finding aside, where that is allowed; the next run applies it. Role: finance."""
    from ioc_etl.cli import waivers as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.waive(case, reason, until, Asking(who, password_stdin, lang), is_for_good=for_good))


@ledger.command(epilog="Example: ioc-etl unwaive 4f4d44a8 --as ngan --reason 'Quyết định bị thu hồi'")
def unwaive(
    case: CaseName,
    reason: Reason,
    who: As = None,
    password_stdin: PasswordStdin = False,
    lang: Language = "vi",
) -> None:
    """Take a waiver back; the next run holds the row again. Role: finance."""
    from ioc_etl.cli import waivers as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.unwaive(case, reason, Asking(who, password_stdin, lang)))


@ledger.command(epilog="Example: ioc-etl stand 2022-02 dong-xoai 2 --as ngan --reason 'Đơn vị xác nhận ở Đồng Xoài'")
def stand(
    month: Month,
    centre: Centre,
    row: Annotated[int, typer.Argument(help="The row as a spreadsheet program numbers it.", show_default=False)],
    reason: Reason,
    who: As = None,
    password_stdin: PasswordStdin = False,
    lang: Language = "vi",
) -> None:
    """Say which of a person's rows stands when several are held as duplicates. Role: finance."""
    from ioc_etl.cli import waivers as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.stand(month, centre, row, reason, Asking(who, password_stdin, lang)))


@ledger.command(epilog="Example: ioc-etl confirm-recovery 2022-01/tinh/recovery/1 --as ngan --reason 'Đã báo'")
def confirm_recovery(
    which: Annotated[
        list[str],
        typer.Argument(
            metavar="BATCH|PAYMENT",
            help="A recovery batch: its only line is confirmed, several are listed. Or the ids of its payments.",
            show_default=False,
        ),
    ],
    reason: Reason,
    who: As = None,
    password_stdin: PasswordStdin = False,
    lang: Language = "vi",
) -> None:
    """Confirm that money is to be taken back, line by line. Comes before submitting the batch. Role: finance."""
    from ioc_etl.cli import waivers as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.confirm_recovery(which, reason, Asking(who, password_stdin, lang)))


@ledger.command(epilog="Example: ioc-etl export 2022-01/dong-xoai/regular/1 --out dong-xoai-01.csv --as ngan")
def export(
    batch: BatchName,
    out: Annotated[Path, typer.Option(help="The CSV file to write; never over another.", show_default=False)],
    draft: Annotated[
        bool,
        typer.Option("--draft", help="A copy marked BẢN NHÁP on every line; the batch stays as it is."),
    ] = False,
    who: As = None,
    password_stdin: PasswordStdin = False,
    as_json: AsJson = False,
    lang: Language = "vi",
) -> None:
    """Write the list of an approved batch, which is exported for payment from then on; again, the same bytes.

    Needs the adoption, or a text that allows payment meanwhile (payment_permissions). Role: finance.
    """
    from ioc_etl.cli import payout as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.export(batch, out, Asking(who, password_stdin, lang), as_draft=draft, as_json=as_json))


@ledger.command(
    epilog="Example: ioc-etl confirm 2022-01/dong-xoai/regular/1 --paid-on 2022-02-10 "
    "--returned 'b6041ed7=Sai số tài khoản' --as ngan"
)
def confirm(
    batch: BatchName,
    paid_on: Annotated[str, typer.Option(metavar="DATE", help="When the bank paid, as 2022-02-10.")],
    returned: Annotated[
        list[str] | None,
        typer.Option(metavar="PAYMENT=REASON", help="A line that came back (repeatable); it is due again."),
    ] = None,
    who: As = None,
    password_stdin: PasswordStdin = False,
    lang: Language = "vi",
) -> None:
    """Write down what the treasury or the bank paid, and what came back. Role: finance."""
    from ioc_etl.cli import payout as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.confirm(batch, paid_on, returned or (), Asking(who, password_stdin, lang)))


@opening.command("import", epilog="Example: ioc-etl opening import da-chi-2021.csv --as ngan")
def opening_import(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or xlsx: reference_month, centre_code, citizen_id, full_name, amount_vnd, document.",
            show_default=False,
        ),
    ],
    who: As = None,
    password_stdin: PasswordStdin = False,
    as_json: AsJson = False,
    lang: Language = "vi",
) -> None:
    """Take what was paid before go-live: all lines, or none and every fault with its cell. Role: finance.

    A line is refused whose month has not begun or lies before the policy, whose centre was not open then, or with which
    its person would have more than one support of the month, over all centres and with what is in the ledger already.
    """
    from ioc_etl.cli import opening as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.take(file, Asking(who, password_stdin, lang), as_json=as_json))


@opening.command("list", epilog="Example: ioc-etl opening list 2022-02")
def opening_list(
    month: AnyMonth = None,
    as_json: AsJson = False,
    lang: Language = "vi",
) -> None:
    """List opening lines with their ids, IDs of people masked; those that were cancelled too."""
    from ioc_etl.cli import opening as command

    raise typer.Exit(command.show(month, as_json=as_json, lang=lang))


@opening.command("cancel", epilog="Example: ioc-etl opening cancel 6fa4d2c1 --as ngan --reason 'Ghi nhầm tháng'")
def opening_cancel(
    payments: Annotated[
        list[str],
        typer.Argument(
            metavar="PAYMENT_ID", help="The ids of the lines, or their beginnings: opening list.", show_default=False
        ),
    ],
    reason: Reason,
    who: As = None,
    password_stdin: PasswordStdin = False,
    as_json: AsJson = False,
    lang: Language = "vi",
) -> None:
    """Cancel opening lines that were a mistake: all that are named, or none. Role: finance.

    What they held back is due with the next run of their months; the same person may be imported anew.
    """
    from ioc_etl.cli import opening as command
    from ioc_etl.cli.acting import Asking

    raise typer.Exit(command.cancel(payments, reason, Asking(who, password_stdin, lang), as_json=as_json))
