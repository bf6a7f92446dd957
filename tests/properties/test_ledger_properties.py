"""Whatever happens to a month, in whatever order: truths 1 and 3 to 7 of the design hold, with a ledger in memory.

`IOC_ETL_TEST_MONTHS` says how many months are lived through; `make show-ledger` takes more.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from ledger_in_memory import InMemoryWorld
from ledger_machine import LedgerMachine
from ledger_stories import STORIES, Story

MONTHS = int(os.environ.get("IOC_ETL_TEST_MONTHS", "8"))


class InMemoryMachine(LedgerMachine):
    new_world = InMemoryWorld


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_the_truths_hold_while(story: Story) -> None:
    story(InMemoryMachine())


TestLedger = InMemoryMachine.TestCase
TestLedger.settings = settings(
    max_examples=MONTHS,
    stateful_step_count=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
TestLedger.pytestmark = [pytest.mark.timeout(600 + 10 * MONTHS)]
