"""Puts the demo's rosters and registers into a folder, laid out as an input root (rulebook section 5)."""

from dataclasses import dataclass
from pathlib import Path

from ioc_etl.demo.layouts import DEMO_LAYOUTS, LAYOUTS
from ioc_etl.demo.months import Fault, demo_months
from ioc_etl.demo.roster import Roster


@dataclass(frozen=True, slots=True)
class DemoPaths:
    """Where everything is. `late_file` is the roster that came too late: copied to `late_goes_to` it is in time.

    `faults` are those of February: what was put wrong where, and the finding it causes.
    """

    root: Path
    registers: Path
    rosters: Path
    late_file: Path
    late_goes_to: Path
    faults: tuple[Fault, ...]


def write_demo(folder: Path) -> DemoPaths:
    """Write two months of four centres below `folder`; the same bytes every time, other files are left alone.

    Raises:
        OSError: the folder cannot be made or written.
    """
    months = demo_months()
    registers, rosters = folder / "registers", folder / "rosters"
    for name, content in months.registers.files().items():
        _write(registers / name, content)
    for roster in (*months.january.rosters, *months.february):
        _write_roster(rosters, roster)
    late = months.late[0]
    late_file = _write_roster(folder / "late", late)
    return DemoPaths(
        root=folder,
        registers=registers,
        rosters=rosters,
        late_file=late_file,
        late_goes_to=rosters / late_file.parent.name / late_file.name,
        faults=months.faults,
    )


def _write_roster(folder: Path, roster: Roster) -> Path:
    layout = LAYOUTS[DEMO_LAYOUTS[roster.centre.code]]
    path = folder / f"{roster.month:%Y-%m}" / f"{roster.centre.code}{layout.suffix}"
    _write(path, layout.write(roster))
    return path


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
