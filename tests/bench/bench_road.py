"""One run of the bench's month in a process of its own: `python bench_road.py INPUT_JSON`, tells its stages as JSON.

Started by bench.py, which watches its memory. Times are those of the machine's monotonic clock, which both share.
"""

import json
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from bench_input import MONTH, BenchInput
from bench_processor import own_processor_seconds
from sqlalchemy import event

from ioc_etl.adapters.clock import Clock
from ioc_etl.adapters.settings import Settings
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.services import Services

AFTER_THE_MONTH = datetime(MONTH.year, MONTH.month + 1, 5, tzinfo=UTC)
STAGES = ("prepare", "extract", "keep", "read", "decide", "load", "report")


@dataclass(frozen=True, slots=True)
class Road:
    """How one run went. `began` and the stages' ends are moments; a run that found everything unchanged only prepares,
    extracts, keeps and reports."""

    status: str
    rows_read: int
    paid_rows: int
    findings: int
    began: float
    ends: dict[str, float]
    processor_seconds: float

    @property
    def seconds(self) -> dict[str, float]:
        """Every stage's seconds, and the whole."""
        begins = [self.began, *self.ends.values()]
        stages = {stage: end - begin for (stage, end), begin in zip(self.ends.items(), begins, strict=False)}
        return {**stages, "whole": begins[-1] - self.began}


def run_road(given: BenchInput, home: Path, database_url: str) -> Road:
    """Run the month as `ioc-etl run` does."""
    began = monotonic()
    ends: dict[str, float] = {}
    settings = Settings(home, database_url, str(given.root), given.policy_folder, given.centres_file)
    services = Services(settings, Clock.stopped_at(AFTER_THE_MONTH))
    engine, _ = services.engine, services.policy
    ends["prepare"] = monotonic()

    def note(step: str, done: int, total: int) -> None:
        stage = {("pull", total): "extract", ("read", 0): "keep", ("decide", 0): "read", ("load", 0): "decide"}
        if name := stage.get((step, done)):
            ends[name] = monotonic()
        if done in (0, total):
            sys.stderr.write(f"  {step} {done}/{total}\n")

    def committed(_: object) -> None:
        stage = "load" if "decide" in ends else "keep"
        ends[stage] = monotonic()

    event.listen(engine, "commit", committed)
    report = run(services, MONTH, progress=note)
    ends["report"] = monotonic()
    return Road(
        status=str(report.status),
        rows_read=sum(centre.rows_read for centre in report.centres),
        paid_rows=sum(centre.paid_rows for centre in report.centres),
        findings=sum(sum(centre.codes.values()) for centre in report.centres),
        began=began,
        ends={stage: ends[stage] for stage in STAGES if stage in ends},
        processor_seconds=own_processor_seconds(),
    )


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    places = {name: Path(told[name]) for name in ("root", "centres_file", "policy_folder")}
    road = run_road(BenchInput(**places, centres=0, rows=0), Path(told["home"]), told["database_url"])
    sys.stdout.write(json.dumps(asdict(road)))
