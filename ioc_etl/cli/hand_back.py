"""`ioc-etl hand-back`: a centre's roster with its faults marked in it, to be sent back."""

from pathlib import Path

from ioc_etl.adapters.report_files import write_report
from ioc_etl.cli.acting import token_holder
from ioc_etl.cli.console import say
from ioc_etl.cli.wiring import services_of
from ioc_etl.cli.words import words
from ioc_etl.core.month import month_code, parse_month
from ioc_etl.errors import UsageError
from ioc_etl.pipeline.hand_back import HandedBack
from ioc_etl.pipeline.hand_back import hand_back as hand_back_roster


def hand_back(month: str, centre: str, out: Path | None, *, lang: str) -> int:
    """Write the workbook beside the exception reports, or where asked; never over another file that was asked for."""
    services = services_of()
    reference_month = parse_month(month)
    if out is not None and out.is_dir():
        raise UsageError(
            f"{out} is a folder; name a file in it with --out",
            f"{out} là thư mục; hãy ghi tên một tệp trong đó với --out",
        )
    returned = hand_back_roster(services, reference_month, centre, actor=token_holder(services))
    _refuse_another_file(out, returned)
    code = month_code(reference_month)
    path = out or services.settings.home / "reports" / code / f"{centre}-{code}-tra-lai.xlsx"
    write_report(path, returned.content)
    _show(path, returned, lang)
    return 0


def _refuse_another_file(out: Path | None, returned: HandedBack) -> None:
    if out is not None and out.exists() and out.read_bytes() != returned.content:
        raise UsageError(
            f"{out} is there already and is another file; name another one with --out",
            f"đã có tệp khác tên {out}; hãy ghi tên khác với --out",
        )


def _show(path: Path, returned: HandedBack, lang: str) -> None:
    spoken = words(lang)
    say(f"{path}")
    state = spoken["file_refused" if returned.is_refused else "file_accepted"]
    say(f"{returned.sent_as}: {state}; {returned.blocks} {spoken['blocks']}, {returned.warnings} {spoken['warnings']}")
    say(spoken["hand_back_next"].format(name=returned.send_as))
