"""One person of several IDs, over files and PostgreSQL: links lost, corrected and withdrawn after an approval."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from ioc_etl.pipeline import waivers
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.replay import replay
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import RunStatus
from tests.conftest import Database
from tests.integration.golden_january import JANUARY, approve, found, golden_january, register, roster
from tests.integration.guarded_month import batch_of, refused
from tests.integration.ledger_steps import FINANCE, account, accounts, take_steps
from tests.integration.ledger_steps import approve as approve_batch
from tests.integration.month_records import DIRECT_VND, decision, kept, month_record, run_facts, write

OLD, NEW, OTHER = "042072185071", "042072185072", "042072185079"
"""Of Phước Long in January, and IDs that nobody has."""


@pytest.fixture
def services(database: Database, tmp_path: Path) -> Services:
    return golden_january(database, tmp_path)


def link(services: Services, *pairs: tuple[str, str]) -> None:
    """Write the register; without pairs it is not there."""
    file = register(services, "identity_link")
    file.unlink(missing_ok=True)
    if pairs:
        file.write_text("old_id,new_id,decision_no\n" + "".join(f"{old},{new},9/QĐ\n" for old, new in pairs), "utf-8")


def roster_says(services: Services, old: str, new: str) -> None:
    file = roster(services, "phuoc-long.csv")
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def drafts(services: Services) -> dict[str, int]:
    return found(services, "draft")


def approve_all(services: Services) -> None:
    """The recoveries first, which free what the others need."""
    for name in sorted(drafts(services), key=lambda name: "recovery" not in name):
        if "recovery" in name:
            waivers.confirm_recovery(services, FINANCE, name, reason="Đã báo đơn vị")
        approve(services, name)


def decided(services: Services) -> set[str]:
    """Run the month; the codes that it told, no text of which names an ID of this person. Books and replay hold."""
    assert run(services, JANUARY).status is RunStatus.COMPLETED
    assert replay(services, JANUARY).difference is None
    assert migrate.check(services.engine) == []
    query = "SELECT code, message_vi, how_to_fix_vi FROM payroll.exception_detail WHERE is_current"
    with services.engine.connect() as connection:
        told = connection.execute(sa.text(query)).all()
    assert not [row for row in told if re.search("04207218507", str(row))]
    return {row.code for row in told}


def test_a_link_that_is_lost_after_approval_pays_nobody_twice_and_says_so(services: Services) -> None:
    link(services, (OLD, NEW))
    assert "IDENTITY_LINK_KEPT" not in decided(services)
    approve_all(services)
    link(services)
    assert "IDENTITY_LINK_KEPT" in decided(services)
    assert drafts(services) == {}
    assert run(services, JANUARY).status is RunStatus.UNCHANGED


def test_a_link_that_is_corrected_or_withdrawn_takes_its_money_along(services: Services) -> None:
    link(services, (OLD, NEW))
    decided(services)
    approve_all(services)
    for says in (OTHER, OLD):
        link(services, (OLD, says))
        assert "IDENTITY_LINK_KEPT" not in decided(services)
        assert drafts(services) == {}


def test_a_withdrawn_link_pays_the_other_person_once_and_stays_withdrawn(services: Services) -> None:
    link(services, (OLD, NEW))
    decided(services)
    approve_all(services)
    roster_says(services, f"13/10/1972;{OLD}", f"13/10/1973;{NEW}")
    link(services, (OLD, OLD))
    assert "SHARED_BANK_ACCOUNT" in decided(services)
    assert drafts(services) == {}
    roster_says(services, "220689192072", "220689192099")
    decided(services)
    assert drafts(services) == {
        "2022-01/phuoc-long/arrears/1": DIRECT_VND,
        "2022-01/phuoc-long/recovery/1": -DIRECT_VND,
    }
    approve_all(services)
    decided(services)
    assert drafts(services) == {}
    link(services)
    decided(services)
    assert drafts(services) == {}


def test_an_id_mended_without_a_link_is_held_and_not_paid_again(services: Services) -> None:
    decided(services)
    approve_all(services)
    roster_says(services, OLD, NEW)
    assert {"POSSIBLE_DUPLICATE", "SHARED_BANK_ACCOUNT"} <= decided(services)
    assert drafts(services) == {}
    link(services, (OLD, NEW))
    assert not {"POSSIBLE_DUPLICATE", "SHARED_BANK_ACCOUNT"} & decided(services)
    assert drafts(services) == {}
    link(services)
    decided(services)
    assert drafts(services) == {}


def test_one_old_id_with_two_new_ones_decides_nothing(services: Services) -> None:
    link(services, (OLD, NEW), (OLD, OTHER))
    assert run(services, JANUARY).status is RunStatus.BLOCKED


def test_nobody_approves_what_rests_on_their_word_about_an_old_id(database: Database) -> None:
    accounts(database.engine)
    account(database.engine, "ca-hai", "finance", "approver")
    files = kept(database.engine, dong_xoai=b"roster", binh_long=b"other")
    rows = [decision(10), decision(20, centre_code="binh-long")]
    linked = replace(month_record(files, rows), links={"285918281": str(rows[0]["person_id"])})
    said = (
        "INSERT INTO payroll.standing (standing_id, reference_month, centre_code, person_id, source_row, "
        "source_sha256, actor, reason, at) SELECT gen_random_uuid(), '2022-01-01', 'phuoc-long', '285918281', 11, "
        "min(sha256), 'ca-hai', 'Ở đây', '2022-02-03 12:00Z' FROM landing.content"
    )
    with database.engine.begin() as connection:
        connection.execute(sa.text(said))
    write(database.engine, replace(linked, run=run_facts(1)))
    take_steps(database.engine, "submitted")
    batch = batch_of(database, "dong-xoai")
    refused(database, lambda: approve_batch(database.engine, batch, "ca-hai"), "own_work")
    approve_batch(database.engine, batch_of(database, "binh-long"), "ca-hai")
