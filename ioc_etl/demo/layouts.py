"""Four handwritings of one roster: each office writes the same table in its own way (rulebook section 5)."""

from collections.abc import Callable
from dataclasses import dataclass

from ioc_etl.demo.layout_csv import decomposed_csv
from ioc_etl.demo.layout_numbers import plain_numbers
from ioc_etl.demo.layout_official import official_form
from ioc_etl.demo.layout_oldstyle import old_style
from ioc_etl.demo.roster import Roster


@dataclass(frozen=True, slots=True)
class Layout:
    """One handwriting: the ending of its files and how a roster becomes their bytes."""

    suffix: str
    write: Callable[[Roster], bytes]


LAYOUTS: dict[str, Layout] = {
    "official": Layout(".xlsx", official_form),
    "numbers": Layout(".xlsx", plain_numbers),
    "csv": Layout(".csv", decomposed_csv),
    "oldstyle": Layout(".xlsx", old_style),
}

DEMO_LAYOUTS: dict[str, str] = {
    "tinh": "official",
    "dong-xoai": "numbers",
    "phuoc-long": "csv",
    "binh-long": "oldstyle",
}
"""Which of the demo's centres writes how."""
