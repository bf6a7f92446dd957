"""`make hostile`: every hostile file, what reading it says, its time on the clock and of the processor, its memory."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.pipeline.reading_words import ReadingFacts, facts_to_child
from ioc_etl.policy.resolve import policy_at
from tests.integration.hostile_files import HOSTILE_FILES

ROOT = Path(__file__).parents[2]
JANUARY = date(2022, 1, 1)


def main() -> None:
    policy = load_policy()
    month_policy = policy_at(policy, JANUARY)
    max_bytes = month_policy.roster_max_bytes
    sys.stdout.write(f"{'file':42} {'bytes':>11} {'seconds':>7} {'CPU s':>5} {'MiB':>5}  said\n")
    with TemporaryDirectory() as folder:
        facts, roster = Path(folder, "facts"), Path(folder, "roster")
        told = ReadingFacts.of(JANUARY, policy.centres.values(), ["tinh"], month_policy.placeholder_words)
        facts.write_bytes(facts_to_child(told))
        for hostile in HOSTILE_FILES:
            roster.write_bytes(hostile.make())
            size = roster.stat().st_size
            figures = "" if size > max_bytes else _figures(facts, roster)
            sys.stdout.write(f"{hostile.name:42} {size:>11,} {figures or 'not read: ROSTER_TOO_LARGE'}\n")
            sys.stdout.flush()


def _figures(facts: Path, roster: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.hostile_one", facts, roster], capture_output=True, check=True, cwd=ROOT
    )
    row = json.loads(done.stdout)
    return f"{row['seconds']:>7.2f} {row['cpu_seconds']:>5.2f} {row['peak_mib']:>5}  {row['said']}"


if __name__ == "__main__":
    main()
