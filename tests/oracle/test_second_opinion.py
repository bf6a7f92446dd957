"""The program against a second reading of the rulebook: invented months, real files, every row compared.

`oracle.py` decides a month from plain values in plain loops and knows nothing of `ioc_etl.core`. Each month here has
half a dozen faults; together they have every fault of `faults.py`. `IOC_ETL_TEST_ROUNDS` says how many times over;
`make show-oracle` takes 46.
"""

import os
from datetime import date
from pathlib import Path
from random import Random

import pytest

from tests.oracle.faults import BLOCKING_RUN, FAULTS, OF_FILES
from tests.oracle.months import MONTHS, clean, dress, write
from tests.oracle.oracle import opinion
from tests.oracle.program import differences, judged

MONTHS_OF_A_ROUND = 22
ROUNDS = int(os.environ.get("IOC_ETL_TEST_ROUNDS", "2"))


def shared_out(seed: int) -> list[list[str]]:
    """Every fault once, over the months of a round, at most one of a file in each."""
    rng = Random(seed)  # noqa: S311 - dice, no secret
    of_files, others = sorted(OF_FILES), sorted(FAULTS.keys() - OF_FILES - BLOCKING_RUN)
    rng.shuffle(of_files)
    rng.shuffle(others)
    return [
        others[number::MONTHS_OF_A_ROUND] + of_files[number::MONTHS_OF_A_ROUND] for number in range(MONTHS_OF_A_ROUND)
    ]


def disagreements(folder: Path, seed: int, faults: list[str]) -> list[str]:
    rng = Random(seed)  # noqa: S311 - dice, no secret
    method = ("full_month", "half_under_15_days", "calendar_days")[seed % 3]
    draft = clean(MONTHS[seed % len(MONTHS)], rng, part_month=method)
    for name in faults:
        FAULTS[name](draft)
    dress(draft)
    write(draft, folder)
    return differences(opinion(draft.given), judged(folder, draft.given))


@pytest.mark.parametrize(
    ("seed", "faults"),
    [
        pytest.param(turn * MONTHS_OF_A_ROUND + number, faults, id=f"{turn}-{number}")
        for turn in range(ROUNDS)
        for number, faults in enumerate(shared_out(turn))
    ],
)
def test_a_month_with_faults_ends_as_the_rulebook_says(tmp_path: Path, seed: int, faults: list[str]) -> None:
    assert disagreements(tmp_path, seed, faults) == [], faults


@pytest.mark.parametrize("month", [date(2022, 1, 1), date(2023, 7, 1), date(2025, 3, 1), date(2026, 12, 1)], ids=str)
def test_a_clean_month_is_paid_whole(tmp_path: Path, month: date) -> None:
    draft = clean(month, Random(month.toordinal()))  # noqa: S311 - dice, no secret
    dress(draft)
    write(draft, tmp_path)
    wanted = opinion(draft.given)
    assert differences(wanted, judged(tmp_path, draft.given)) == []
    assert {outcome for outcome, _, _ in wanted.rows.values()} == {"paid"}
    assert len(wanted.rows) == 46


@pytest.mark.parametrize("fault", sorted(BLOCKING_RUN))
@pytest.mark.parametrize("seed", range(3))
def test_a_run_that_must_stop_stops(tmp_path: Path, seed: int, fault: str) -> None:
    assert disagreements(tmp_path, seed, [fault]) == []
