"""`ioc-etl template`: an empty roster in the official form."""

from pathlib import Path

from ioc_etl.cli.console import say
from ioc_etl.cli.wiring import services_of
from ioc_etl.core.month import parse_month
from ioc_etl.errors import SourceError, UsageError
from ioc_etl.policy.resolve import policy_at
from ioc_etl.reports.template import template_choices, template_workbook


def template(centre_code: str, month: str | None, out: Path | None) -> int:
    """Write the form of a centre; never over a file that is there."""
    services = services_of()
    reference_month = parse_month(month) if month else services.clock.today_in_vietnam().replace(day=1)
    centre = services.centre(centre_code, reference_month)
    path = out or Path(f"{centre.code}.xlsx")
    content = template_workbook(
        centre, reference_month, template_choices(centre, policy_at(services.policy, reference_month))
    )
    try:
        with path.open("xb") as stream:
            stream.write(content)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already; name another file with --out") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror}") from error
    say(f"{path}")
    return 0
