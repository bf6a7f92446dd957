"""`ioc-etl impact`: the impact report's tables beside the policy's own."""

from collections.abc import Sequence
from pathlib import Path

from ioc_etl.cli.console import note, say
from ioc_etl.cli.wiring import services_of
from ioc_etl.core.impact import impact as impact_of_year
from ioc_etl.errors import SourceError
from ioc_etl.reports.impact import impact_text, impact_workbook


def impact(
    year: int, base_salary_vnd: int | None, centres: Sequence[str] | None, out: Path | None, *, lang: str
) -> int:
    """Print the tables; write them as a workbook where asked."""
    tables = impact_of_year(services_of().policy, year=year, base_salary_vnd=base_salary_vnd, centres=centres or None)
    say(impact_text(tables, lang=lang))
    if out is not None:
        try:
            out.write_bytes(impact_workbook(tables))
        except OSError as error:
            raise SourceError(f"{out} cannot be written: {error.strerror}") from error
        note(f"{out}")
    return 0
