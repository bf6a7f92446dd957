"""A wall around each centre: an error nobody foresaw while one file's rows are judged refuses that file alone.

The faults put in depend on a marked cell, never on a call.
"""

import json
import re
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from factories import (
    PROVINCE,
    approval_of,
    committed_lines,
    committed_money,
    establishment,
    facts_of,
    file_hash,
    policy,
    raw_roster,
    readings_of,
    registers,
    roster_row,
    waivers,
)
from polars.exceptions import PanicException

from ioc_etl.core import decide as deciding
from ioc_etl.core import transform as transforming
from ioc_etl.core.intake import Offer
from ioc_etl.core.transform import MonthInput, MonthResult
from ioc_etl.errors import CentreError
from ioc_etl.pipeline import wall
from ioc_etl.pipeline.wall import decide_behind_wall
from tests.fewer import fewer

JANUARY = date(2022, 1, 1)
CENTRES = (PROVINCE, "dong-xoai", "phuoc-long", "binh-long")
MARK = "ô làm hỏng"
BAD = "phuoc-long"


def month_input(
    marked: tuple[str, ...] = (BAD,), *, in_force: bool = False, centres: tuple[str, ...] = CENTRES
) -> MonthInput:
    """A person at each centre; the marked ones have a note that breaks the program where a fault was put."""
    rows = [
        roster_row(number, centre_code=code, note=MARK if code in marked else None)
        for number, code in enumerate(centres, start=1)
    ]
    listed = [approval_of(row) for row in rows if row["centre_code"] == PROVINCE]
    earlier = [{**row, "note": None} for row in rows]
    return MonthInput(
        facts=facts_of(JANUARY, registers(approved_list=listed)),
        centres=policy().centres,
        offers=tuple(
            Offer(code, (f"{code}.xlsx",), reading, sha256=file_hash(code))
            for code, reading in readings_of(raw_roster(rows)).items()
        ),
        earlier=readings_of(raw_roster(earlier)) if in_force else {},
        waivers=waivers(),
        committed=committed_lines(),
        committed_year=committed_money(),
    )


def breaking(step: Callable[..., object], error: BaseException) -> Callable[..., object]:
    """The step, which fails where the marked cell stands in its frame."""

    def fragile(rows: pl.DataFrame, *others: object, **named: object) -> object:
        if (rows["note"] == MARK).any():
            raise error
        return step(rows, *others, **named)

    return fragile


STEPS = ["validate", *(str(rule.key) for rule in deciding.JUDGING)]
ERRORS = [ValueError("070185001234 is no number"), PanicException("value 070185001234"), KeyError("note")]


def put_in(monkeypatch: pytest.MonkeyPatch, where: str, error: BaseException) -> None:
    if where == "validate":
        monkeypatch.setattr(transforming, "validate", breaking(transforming.validate, error))
    else:
        rules = [
            replace(rule, apply=breaking(rule.apply, error)) if rule.key == where else rule for rule in deciding.JUDGING
        ]
        monkeypatch.setattr(deciding, "JUDGING", tuple(rules))


FAULTS = [
    *((where, ERRORS[at % len(ERRORS)]) for at, where in enumerate(STEPS)),
    *(("agency", error) for error in ERRORS),
]
"""A fault in every step, and every kind of error in one: the wall stands around all steps, whatever they raise."""


@cache
def unbroken() -> MonthResult:
    return decide_behind_wall(lambda: month_input(marked=()))


@pytest.mark.parametrize(
    ("where", "error"), fewer(FAULTS), ids=lambda each: each if isinstance(each, str) else type(each).__name__
)
def test_the_marked_centre_is_refused_and_the_others_are_paid(
    where: str, error: BaseException, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = tmp_path / "logs" / "refused.log"
    whole = unbroken()
    put_in(monkeypatch, where, error)
    result = decide_behind_wall(month_input, log=log)
    others = whole.decisions.filter(pl.col("centre_code") != BAD)
    assert result.decisions.equals(others)
    assert others["amount_vnd"].sum() == 3 * 2_235_000
    assert result.refused_offers == {BAD}
    told = result.findings.filter(pl.col("code") == "ROSTER_UNREADABLE")
    assert told["centre_code"].to_list() == [BAD]
    entry = json.loads(log.read_text("utf-8"))
    assert entry["reference"] in told["message_vi"].item()
    assert (entry["centre_code"], entry["kind"]) == (BAD, type(error).__name__)
    assert entry["file_names"] == [f"{BAD}.xlsx"]
    assert all(line.startswith(("ioc_etl/", "tests/")) for line in entry["lines"])
    assert "070185001234" not in log.read_text("utf-8") + str(told.to_dicts())
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_replay_has_the_same_reference(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    put_in(monkeypatch, "agency", ValueError("x"))
    logs = [tmp_path / name for name in ("first", "second")]
    for log in logs:
        decide_behind_wall(month_input, log=log)
    first, second = (json.loads(log.read_text("utf-8")) for log in logs)
    assert first == second
    assert len(first["reference"]) == 8


def test_the_file_in_force_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    put_in(monkeypatch, "agency", ValueError("x"))
    result = decide_behind_wall(lambda: month_input(in_force=True))
    assert set(result.decisions["centre_code"]) == set(CENTRES)
    assert (result.in_force, result.refused_offers) == ({BAD}, {BAD})


def test_the_log_names_the_columns_that_an_error_speaks_of_and_nothing_else_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = tmp_path / "refused.log"
    put_in(monkeypatch, "agency", ValueError("column bank_account of Nguyễn Văn An: 0102030400 in note"))
    decide_behind_wall(month_input, log=log)
    assert json.loads(log.read_text("utf-8"))["columns"] == ["bank_account", "note"]
    assert not {"Nguy", "0102030400"} & set(re.findall("Nguy|0102030400", log.read_text("utf-8")))


@pytest.mark.parametrize("bad", fewer([0, 21, 63]))
def test_one_bad_file_of_many_costs_few_passes(bad: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """For one bad centre the work of three months, at the worst of four: the whole, halves of halves, the rest."""
    put_in(monkeypatch, "agency", ValueError("x"))
    many = crowd(64, bad)
    decided: list[int] = []
    transform = wall.transform

    def counted(given: MonthInput) -> MonthResult:
        decided.append(sum(offer.reading is not None for offer in given.offers))
        return transform(given)

    monkeypatch.setattr(wall, "transform", counted)
    result = decide_behind_wall(lambda: many)
    assert result.refused_offers == {f"district-{bad}"}
    assert sum(decided) <= 4 * 64 + 1
    assert result.decisions.height == 63


def crowd(number: int, bad: int) -> MonthInput:
    """So many district centres with a person each, one of them marked."""
    known = policy().centres["dong-xoai"]
    centres = {f"district-{at}": replace(known, code=f"district-{at}", name=f"District {at}") for at in range(number)}
    rows = [roster_row(at + 1, centre_code=code, note=MARK if at == bad else None) for at, code in enumerate(centres)]
    posts = [establishment(centre_code=code) for code in centres]
    facts = facts_of(JANUARY, registers(establishments=posts), at=replace(policy(), centres=centres))
    offers = tuple(
        Offer(code, (f"{code}.xlsx",), reading, sha256=file_hash(code))
        for code, reading in readings_of(raw_roster(rows)).items()
    )
    return replace(month_input(), facts=facts, centres=centres, offers=offers)


def test_two_bad_files_are_both_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    put_in(monkeypatch, "agency", ValueError("x"))
    result = decide_behind_wall(lambda: month_input(marked=(BAD, PROVINCE)))
    assert result.refused_offers == {BAD, PROVINCE}
    assert result.decisions["amount_vnd"].sum() == 2 * 2_235_000


def test_where_all_fail_the_program_is_at_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    put_in(monkeypatch, "agency", ValueError("x"))
    with pytest.raises(ValueError, match="x"):
        decide_behind_wall(lambda: month_input(marked=CENTRES))


def test_where_the_month_fails_without_new_files_the_program_is_at_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def always(*_: object, **__: object) -> object:
        raise ValueError("x")

    monkeypatch.setattr(transforming, "settle", always)
    with pytest.raises(ValueError, match="x"):
        decide_behind_wall(lambda: month_input(in_force=True))


@pytest.mark.parametrize("error", [MemoryError(), OSError("disk"), KeyboardInterrupt()], ids=lambda e: type(e).__name__)
def test_memory_interrupts_and_disks_are_no_files_fault(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in(monkeypatch, "agency", error)
    with pytest.raises(type(error)):
        decide_behind_wall(month_input)


def test_an_error_that_names_its_centre_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    put_in(monkeypatch, "agency", CentreError([BAD], "decided rows do not keep the month's limits"))
    result = decide_behind_wall(month_input)
    assert result.refused_offers == {BAD}
