"""Every rule's case file, run: outcome, amount and exact codes of every row, of every centre, of the run."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from factories import (
    Cells,
    approval,
    budget,
    committed_line,
    committed_lines,
    committed_money,
    earlier_decision,
    earlier_decisions,
    establishment,
    facts_of,
    file_hash,
    identity_link,
    in_last_month,
    last_month,
    last_payment,
    last_payments,
    month_result,
    policy,
    policy_with,
    raw_roster,
    registers,
    waiver,
    waivers,
)
from packs import packs, part_of
from polars.testing import assert_frame_equal
from rule_cases import CaseRow, RuleCase, all_cases, linked_ids, of_person, rule_names, support

import ioc_etl.core.rules
from ioc_etl.core.registers import Registers, read_registers
from ioc_etl.core.transform import MonthResult
from ioc_etl.policy.model import Centre, Policy
from ioc_etl.policy.resolve import policy_at
from schemas.columns import REGISTER_COLUMNS
from schemas.ledger import STANDING
from schemas.sheet_cells import SheetCells, WorkbookCells
from schemas.vocabulary import CentreKind, Level, RegisterName
from tests.fewer import fewer

ALONE = 25
"""Of those every so many are decided alone as well."""

ALL_CASES = all_cases()
CASES = fewer(ALL_CASES)
PACKS = packs(CASES, policy().centres)
PACK_OF = {name: number for number, pack in enumerate(PACKS) for name in pack.cases}

UNSURPRISING = {"SHIFT_UNDERSTAFFED", "AUTHORITY_ENDED", "REGIME_UNREGISTERED"}
"""What centres are told in a case about rows, for its few people or its month."""


def named(case: RuleCase) -> str:
    return f"{case.rule}: {case.name}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_case_comes_out_as_the_rulebook_says(case: RuleCase) -> None:
    assert_as_demanded(*beside_others(case))


@pytest.mark.parametrize("case", CASES[::ALONE], ids=named)
def test_the_case_comes_out_so_without_others_beside_it(case: RuleCase) -> None:
    assert_as_demanded(case, decided(case))


@pytest.mark.parametrize("number", range(len(PACKS)), ids=[pack.whole.name for pack in PACKS])
def test_a_case_is_decided_beside_others_as_it_is_alone(number: int) -> None:
    """But for the places that findings name: the rows of a pack's registers are not numbered as one case's are."""
    pack, result = PACKS[number], result_of_pack(number)
    assert result is not None, "the pack cannot be decided as one: its cases say why"
    for own in list(pack.cases.values())[::ALONE]:
        alone, beside = decided(own, pack.centres), part_of(result, own)
        assert_frame_equal(beside.decisions, alone.decisions)
        assert_frame_equal(beside.lines, alone.lines, check_row_order=False)
        found = ["code", "centre_code", "source_row", "column_name", "found", "expected"]
        assert_frame_equal(beside.findings.select(found), alone.findings.select(found), check_row_order=False)


def assert_as_demanded(case: RuleCase, result: MonthResult) -> None:
    assert told_of_rows(case, result) == demanded_of_rows(case)
    assert codes_of(result, Level.RUN) == sorted(case.run)
    assert by_centre(result, Level.FILE) == {code: sorted(codes) for code, codes in case.files.items()}
    assert told_of_centres(case, result) == {
        code: sorted(codes) for code, codes in (case.centres or {}).items() if codes
    }
    assert result.is_blocked == case.is_blocked
    if case.drafted_vnd is not None:
        assert result.lines["amount_vnd"].sum() == case.drafted_vnd


def test_every_rule_has_its_case_file() -> None:
    rules = {path.stem for path in Path(ioc_etl.core.rules.__path__[0]).glob("*.py")} - {"__init__"}
    assert rules <= set(rule_names())


def test_every_finding_about_a_row_a_centre_or_the_run_is_caused_by_a_case() -> None:
    reach = {code: text.level for code, text in policy().findings.items()}
    needed = {code for code, level in reach.items() if level is not Level.FILE}
    assert needed - {code for case in ALL_CASES for code in case.expected_codes} == set()


def test_every_finding_that_finance_may_waive_is_waived_by_a_case_and_others_are_tried() -> None:
    tried = {str(item["code"]) for case in ALL_CASES for row in case.rows for item in row.waived}
    waivable = {code for code, text in policy().findings.items() if text.is_waivable and text.level is Level.ROW}
    assert waivable - tried == set()
    assert len(tried - waivable) >= 10


def beside_others(case: RuleCase) -> tuple[RuleCase, MonthResult]:
    """The case where it was decided, and what came of it there; alone where its pack cannot be decided as one."""
    number = PACK_OF.get((case.rule, case.name))
    result = None if number is None else result_of_pack(number)
    if number is None or result is None:
        return case, decided(case)
    own = PACKS[number].cases[case.rule, case.name]
    return own, part_of(result, own)


@cache
def result_of_pack(number: int) -> MonthResult | None:
    """Decided once for all its cases. Null when one of them breaks the month, which it will do alone as well."""
    pack = PACKS[number]
    try:
        result = decided(pack.whole, pack.centres)
    except (Exception, pl.exceptions.PanicException):  # noqa: BLE001 - the case alone will raise it again
        return None
    return result if codes_of(result, Level.RUN) == sorted(pack.whole.run) else None


def decided(case: RuleCase, centres: Mapping[str, Centre] | None = None) -> MonthResult:
    """The case's month, with the findings waived that finance is said to have waived: it waives what it was told.

    `centres` are those of the policy where none are given.
    """
    whole = policy_with(case.parameters)
    whole = whole if centres is None else replace(whole, centres=centres)
    facts = facts_of(case.month, registers_of(case, whole), at=whole)
    raw = raw_roster(row.cells for row in case.rows)

    def run(waived: pl.DataFrame) -> MonthResult:
        return month_result(
            raw,
            facts,
            waived=waived,
            committed=committed_lines(committed_in(case)),
            committed_year=case.committed_year,
            ignored_files=case.ignored_files,
            at=whole,
            standing=pl.DataFrame([standing(row) for row in case.rows if row.selected], schema=STANDING),
            earlier_decisions=earlier_decisions(of_person(earlier_decision, row) for row in case.earlier),
            last_payments=last_payments(of_person(last_payment, row) for row in case.last_payments),
            last_month=last_month(of_person(in_last_month, row) for row in case.last_month),
            pay_year=case.pay_year,
            committed_pay_year=committed_money(case.committed_pay_year),
        )

    wished = [(row, item) for row in case.rows for item in row.waived]
    if not wished:
        return run(waivers())
    told = run(waivers()).findings
    return run(waivers(waiver_of(row, item, told) for row, item in wished))


def committed_in(case: RuleCase) -> list[Cells]:
    on_rows = [row.cells for row in case.rows if row.is_committed]
    return [
        *(
            committed_line(
                centre_code=cells["centre_code"],
                person_id=cells["citizen_id"],
                citizen_id=cells["citizen_id"],
                full_name=cells["full_name"],
            )
            for cells in on_rows
        ),
        *(of_person(committed_line, line) for line in case.committed),
    ]


def standing(row: CaseRow) -> Cells:
    centre_code, source_row = row.key
    return {
        "standing_id": f"{centre_code} {source_row}",
        "centre_code": centre_code,
        "person_id": row.cells["citizen_id"],
        "source_row": source_row if row.selected == "here" else source_row + 100,
        "source_sha256": file_hash(centre_code) if row.selected == "here" else "f" * 64,
        "work_mode": {"Trực tiếp": "direct", "Không trực tiếp": "indirect"}.get(str(row.cells["work_mode"])),
        "roster_days": 1 if row.selected == "gone" else 2**31 - 1,
    }


def waiver_of(row: CaseRow, item: Cells, told: pl.DataFrame) -> Cells:
    centre_code, source_row = row.key
    finding = told.row(
        by_predicate=(pl.col("code") == item["code"])
        & (pl.col("centre_code") == centre_code)
        & (pl.col("source_row") == source_row),
        named=True,
    )
    return waiver(**{"person_key": finding["person_key"], "centre_code": centre_code, **item})


def registers_of(case: RuleCase, whole: Policy) -> Registers:
    """The good registers with what the case makes different; registers that are missing are read as such."""
    given = case.registers
    opened = {code: centre for code, centre in whole.centres.items() if centre.opened_on is not None}
    districts = [code for code, centre in opened.items() if centre.kind is CentreKind.DISTRICT]
    settled = {str(row.get("centre_code", "dong-xoai")) for row in given.get("establishment", [])}
    priced = {str(row.get("funding_source", "dong-xoai")) for row in given.get("budget", [])}
    made = registers(
        approved_list=case.approved_list,
        establishments=[
            *(establishment(**row) for row in given.get("establishment", [])),
            *(establishment(centre_code=code) for code in districts if code not in settled),
        ],
        other_supports=[support(row) for row in given.get("other_support", [])],
        budgets=[
            *(budget(**row) for row in given.get("budget", [])),
            *(budget(funding_source=code, year=case.month.year) for code in opened if code not in priced),
        ],
        identity_links=[identity_link(*linked_ids(row)) for row in given.get("identity_link", [])],
    )
    return without(made, case, whole) if case.missing_registers | case.unreadable_registers else made


def without(made: Registers, case: RuleCase, whole: Policy) -> Registers:
    gone = case.missing_registers | case.unreadable_registers
    books = {name: None if name in case.missing_registers else good_book(name) for name in RegisterName}
    read = read_registers(
        books,
        policy=policy_at(whole, case.month),
        centres=whole.centres,
        unreadable=[RegisterName(name) for name in case.unreadable_registers],
    )
    frames = {name: getattr(read if name in gone else made, name) for name in RegisterName}
    return Registers(**{str(name): frame for name, frame in frames.items()}, findings=read.findings)


def good_book(name: RegisterName) -> WorkbookCells:
    """Nothing but the header, which is nothing wrong but in a list of the approved."""
    rows: list[list[str | None]] = [list(REGISTER_COLUMNS[name])]
    if name is RegisterName.APPROVED_LIST:
        somebody = approval(1)
        rows.append([None if somebody[column] is None else str(somebody[column]) for column in REGISTER_COLUMNS[name]])
    sheet = SheetCells(name=str(name), rows=rows, row_numbers=list(range(1, len(rows) + 1)))
    return WorkbookCells(file_format="csv", sheets=[sheet])


def demanded_of_rows(case: RuleCase) -> dict[str, tuple[object, ...]]:
    return {
        label(row.key): (
            row.expected.outcome,
            row.expected.amount_vnd,
            list(row.expected.codes),
            dict(row.expected.decided),
        )
        for row in case.rows
        if row.expected is not None
    }


def told_of_rows(case: RuleCase, result: MonthResult) -> dict[str, tuple[object, ...]]:
    wanted = {row.key: list(row.expected.decided) for row in case.rows if row.expected is not None}
    return {
        label(key): (
            row["outcome"],
            row["amount_vnd"],
            row["codes"],
            {column: row[column] for column in wanted.get(key, [])},
        )
        for row in result.decisions.iter_rows(named=True)
        for key in [(row["centre_code"], row["source_row"])]
    }


def label(key: tuple[str, int]) -> str:
    return f"{key[0]}, row {key[1] - 1}"


def told_of_centres(case: RuleCase, result: MonthResult) -> dict[str, list[str]]:
    """A case that says nothing of centres is about rows: too few people on shifts are no surprise there."""
    told = by_centre(result, Level.CENTRE)
    if case.centres is not None:
        return told
    surprising = {code: [found for found in codes if found not in UNSURPRISING] for code, codes in told.items()}
    return {code: codes for code, codes in surprising.items() if codes}


def by_centre(result: MonthResult, level: Level) -> dict[str, list[str]]:
    about = result.findings.filter(pl.col("level") == level)
    return {code: codes_of(result, level, centre_code=code) for code in sorted(about["centre_code"].unique())}


def codes_of(result: MonthResult, level: Level, centre_code: str | None = None) -> Sequence[str]:
    is_meant = (pl.col("level") == level) & pl.col("centre_code").eq_missing(centre_code)
    return sorted(result.findings.filter(is_meant)["code"].unique().to_list())
