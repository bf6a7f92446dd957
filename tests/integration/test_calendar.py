"""The calendar says where each centre's month stands, what comes next and what is to be run again."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import yaml
from ledger_steps import batch_ids, confirm
from two_months import FEBRUARY, JANUARY, by_command, rows

from ioc_etl.pipeline.calendar import RERUN, calendar
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.services import Services
from tests.conftest import Database


def test_the_view_tells_what_the_command_tells(lived_database: Database, two_months: Services) -> None:
    run(two_months, JANUARY)
    told = json.loads(
        by_command(lived_database, two_months, "status", "--from", "2022-01", "--to", "2022-02", "--json").stdout
    )
    view = rows(lived_database, "SELECT *, to_char(reference_month, 'YYYY-MM') AS code FROM payroll.month_calendar")
    names = ("centre_code", "state", "is_adjusted", "file_status", "is_offer_refused", "rows_read", "held_rows")
    of_view = {(row["code"], *(row[name] for name in (*names, "amount_vnd")), *row["next_steps"]) for row in view}
    of_command = {
        (cell["reference_month"], *(cell[name] for name in (*names, "amount_vnd")), *cell["next_steps"])
        for cell in told["centres"]
    }
    assert of_command == of_view
    assert len(of_view) == 8


def test_the_calendar_says_where_each_centre_stands_and_what_comes_next(
    lived_database: Database, two_months: Services
) -> None:
    run(two_months, JANUARY)
    run(two_months, FEBRUARY)
    cells = {(cell.reference_month, cell.centre_code): cell for cell in calendar(two_months, JANUARY, FEBRUARY).cells}
    told = {key: (cell.state, cell.is_adjusted, cell.next_steps) for key, cell in cells.items()}
    assert told[JANUARY, "phuoc-long"] == ("exported", True, ("confirm_recovery", "submit", "confirm"))
    assert told[JANUARY, "dong-xoai"] == ("paid", False, ())
    assert told[JANUARY, "tinh"] == ("approved", False, ("export",))
    assert told[JANUARY, "binh-long"] == ("draft", False, ("submit",))
    assert told[FEBRUARY, "binh-long"] == ("refused", False, ("mend",))
    assert told[FEBRUARY, "tinh"] == ("submitted", False, ("review", "approve"))
    assert told[FEBRUARY, "phuoc-long"] == ("draft", False, ("review", "submit"))
    shown = by_command(lived_database, two_months, "status", "--lang", "en")
    assert shown.returncode == 0, shown.stderr
    assert "T missing, L refused" in shown.stdout
    assert "X Đ" in shown.stdout


def test_a_month_in_detail_has_its_batches(lived_database: Database, two_months: Services) -> None:
    told = json.loads(by_command(lived_database, two_months, "status", "2022-01", "--json").stdout)
    assert {batch["kind"] for batch in told["batches"]} == {"regular"}
    assert [batch["lines"] for batch in told["batches"] if batch["centre_code"] == "phuoc-long"] == [8]


def test_the_calendar_says_run_again_where_the_bank_returned_a_line_since(
    lived_database: Database, two_months: Services
) -> None:
    run(two_months, JANUARY)
    run(two_months, FEBRUARY)
    assert to_run_again(two_months) == set()
    (exported,) = batch_ids(lived_database.engine, "exported")
    people = rows(lived_database, "SELECT person_id FROM payroll.payment_line WHERE batch_id = :batch", batch=exported)
    confirm(lived_database.engine, exported, returned=[people[0]["person_id"]])
    assert to_run_again(two_months) == {(JANUARY, "phuoc-long")}
    run(two_months, JANUARY)
    assert to_run_again(two_months) == set()


def test_the_calendar_names_the_months_that_a_new_decree_touches(two_months: Services, tmp_path: Path) -> None:
    run(two_months, JANUARY)
    run(two_months, FEBRUARY)
    changed = with_another_salary_in_february(two_months, tmp_path / "policy")
    assert {month for month, _ in to_run_again(changed)} == {FEBRUARY}
    run(changed, FEBRUARY)
    assert to_run_again(changed) == set()


def to_run_again(services: Services) -> set[tuple[date, str]]:
    cells = calendar(services, JANUARY, FEBRUARY).cells
    return {(cell.reference_month, cell.centre_code) for cell in cells if RERUN in cell.next_steps}


def with_another_salary_in_february(services: Services, folder: Path) -> Services:
    read = yaml.safe_load(services.policy_texts.parameters["base_salary"].text)
    first, *others = read["values"]
    until, raised = {**first, "to": date(2022, 1, 31)}, {**first, "from": date(2022, 2, 1), "value": 1_600_000}
    folder.mkdir()
    text = yaml.safe_dump({**read, "values": [until, raised, *others]}, allow_unicode=True)
    (folder / "base_salary.yaml").write_text(text, "utf-8")
    return Services(replace(services.settings, policy_folder=folder), services.clock)
