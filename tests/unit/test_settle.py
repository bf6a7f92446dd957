"""What is due after a month was approved, to the đồng, with its cause."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from factories import Cells, person, roster_row
from ledger_in_memory import InMemoryWorld
from ledger_world import BAD, Sent

DONG_XOAI, PHUOC_LONG = "dong-xoai", "phuoc-long"
JANUARY_BASE = {"base_salary": 1_490_000}
RAISED_BASE = {"base_salary": 1_800_000}
CONTRACT = {"staff_category": "Hợp đồng"}
TO_BE_MENDED = {"bank_name": None}

Line = tuple[str, str, int, int, str, str | None]
"""Centre, kind, person, đồng, cause, detail."""


def rows(centre_code: str, *people: int, **differences: Mapping[str, object]) -> tuple[Cells, ...]:
    """People by number, each at his own row; `p2={...}` is what person 2's row says differently."""
    return tuple(roster_row(n, centre_code=centre_code, **differences.get(f"p{n}", {})) for n in people)


def january(**rosters: tuple[Cells, ...] | str | None) -> Sent:
    named = {code.replace("_", "-"): sent for code, sent in rosters.items()}
    return Sent(rosters=named, headcounts={DONG_XOAI: 9, PHUOC_LONG: 9}, parameters=JANUARY_BASE)


def approved(sent: Sent) -> InMemoryWorld:
    """A world whose month is run, and everything due approved, recoveries first."""
    world = InMemoryWorld()
    world.run(sent)
    approve_all(world)
    return world


def approve_all(world: InMemoryWorld) -> None:
    for batch in sorted(world.batches(), key=lambda batch: batch.kind != "recovery"):
        if batch.status == "draft":
            world.confirm_recoveries(batch.batch_id)
            world.submit(batch.batch_id)
            world.approve(batch.batch_id)


def drafts(world: InMemoryWorld) -> list[Line]:
    numbers = {person(n).citizen_id: n for n in range(1, 13)}
    return [
        (batch.centre_code, batch.kind, numbers[line.person_id], line.amount_vnd, line.cause, line.cause_detail)
        for batch in world.batches()
        if batch.status == "draft"
        for line in batch.lines
    ]


def hashes(world: InMemoryWorld, before: str, centre_code: str) -> str:
    assert world.current is not None
    return f"{before[:12]} → {world.current.sources[centre_code][:12]}"


def source_of(world: InMemoryWorld, centre_code: str) -> str:
    assert world.current is not None
    return world.current.sources[centre_code]


def test_the_first_month_is_regular_and_decided() -> None:
    world = InMemoryWorld()
    world.run(january(dong_xoai=rows(DONG_XOAI, 1, 2)))
    assert drafts(world) == [
        (DONG_XOAI, "regular", 1, 2_235_000, "decided", None),
        (DONG_XOAI, "regular", 2, 2_235_000, "decided", None),
    ]


def test_the_worked_example_comes_out_to_the_dong() -> None:
    """January is paid. Then one person is found ineligible, one was missing, one moved, base salary is raised."""
    world = approved(january(dong_xoai=rows(DONG_XOAI, 1, 2, 3), phuoc_long=rows(PHUOC_LONG, 5)))
    assert sum(line.amount_vnd for line in world.ledger()) == 8_940_000
    before = source_of(world, DONG_XOAI)
    found = january(dong_xoai=rows(DONG_XOAI, 1, 2, 4, p2=CONTRACT), phuoc_long=rows(PHUOC_LONG, 3, 5))
    world.run(replace(found, parameters=RAISED_BASE))
    assert drafts(world) == [
        (DONG_XOAI, "arrears", 1, 465_000, "base_salary", "1490000 → 1800000"),
        (DONG_XOAI, "arrears", 4, 2_700_000, "late", hashes(world, before, DONG_XOAI)),
        (DONG_XOAI, "recovery", 2, -2_235_000, "no_right", "CATEGORY_NOT_ELIGIBLE"),
        (DONG_XOAI, "recovery", 3, -2_235_000, "moved", PHUOC_LONG),
        (PHUOC_LONG, "arrears", 3, 2_700_000, "moved", DONG_XOAI),
        (PHUOC_LONG, "arrears", 5, 465_000, "base_salary", "1490000 → 1800000"),
    ]
    approve_all(world)
    assert sum(line.amount_vnd for line in world.ledger()) == 4 * 2_700_000
    world.run(replace(found, parameters=RAISED_BASE))
    assert drafts(world) == []


def test_every_line_carries_the_base_salary_of_its_reference_month() -> None:
    world = approved(january(dong_xoai=rows(DONG_XOAI, 1, 2)))
    world.run(replace(january(dong_xoai=rows(DONG_XOAI, 1)), parameters=RAISED_BASE))
    assert world.current is not None
    assert world.current.result.lines["base_salary_vnd"].to_list() == [1_800_000, 1_800_000]


def test_somebody_missing_from_the_whole_roster_is_recovered_with_the_facts_of_the_paid_line() -> None:
    world = approved(january(dong_xoai=rows(DONG_XOAI, 1, 2)))
    before = source_of(world, DONG_XOAI)
    world.run(january(dong_xoai=rows(DONG_XOAI, 1)))
    assert drafts(world) == [
        (DONG_XOAI, "recovery", 2, -2_235_000, "absent", hashes(world, before, DONG_XOAI)),
    ]
    assert world.current is not None
    line = world.current.result.lines.row(0, named=True)
    assert (line["full_name"], line["bank_account"]) == (person(2).full_name, person(2).bank_account)
    assert (line["work_mode"], line["sheet"], line["source_row"]) == ("direct", None, None)


@pytest.mark.parametrize("sent", [None, BAD])
def test_a_file_that_goes_missing_or_bad_takes_nothing_back(sent: str | None) -> None:
    world = approved(january(dong_xoai=rows(DONG_XOAI, 1, 2)))
    world.run(january(dong_xoai=sent))
    assert drafts(world) == []


def test_a_centre_without_a_headcount_any_more_takes_nothing_back() -> None:
    world = approved(january(dong_xoai=rows(DONG_XOAI, 1, 2)))
    sent = january(dong_xoai=rows(DONG_XOAI, 1))
    world.run(replace(sent, headcounts={DONG_XOAI: None}))
    assert drafts(world) == []


@pytest.mark.parametrize(
    "instead",
    [
        {"p2": TO_BE_MENDED},
        {"p2": {"citizen_id": None}},
        {"p2": {"citizen_id": None, "full_name": None}},
        {"p2": {"citizen_id": "070072999902", "bank_name": None}},
    ],
    ids=["held", "no ID, same name", "neither ID nor name", "another ID, same name, held"],
)
def test_undecided_is_not_zero(instead: dict[str, Mapping[str, object]]) -> None:
    world = approved(january(dong_xoai=rows(DONG_XOAI, 1, 2)))
    world.run(january(dong_xoai=rows(DONG_XOAI, 1, 2, **instead)))
    assert drafts(world) == []
    assert world.current is not None
    undecided = world.current.result.balance.filter("is_undecided")
    assert undecided["undecided_vnd"].to_list() == [-2_235_000]


def test_a_row_without_id_of_another_name_is_nobody_of_the_ledger() -> None:
    world = approved(january(dong_xoai=rows(DONG_XOAI, 1, 2)))
    world.run(january(dong_xoai=rows(DONG_XOAI, 1, 3, p3={"citizen_id": None})))
    assert [line[1:5] for line in drafts(world)] == [("recovery", 2, -2_235_000, "absent")]


def test_a_person_who_is_superseded_later_is_recovered_with_both_amounts() -> None:
    sent = january(dong_xoai=rows(DONG_XOAI, 1, 2))
    world = approved(sent)
    world.run(replace(sent, supports=(2,)))
    assert drafts(world) == [(DONG_XOAI, "recovery", 2, -2_235_000, "superseded", "2235000 → 5000000")]


def test_a_change_of_mode_is_arrears_or_a_recovery_of_the_difference() -> None:
    indirect = {"work_mode": "Không trực tiếp"}
    world = approved(january(dong_xoai=rows(DONG_XOAI, 1, 2, p1=indirect)))
    world.run(january(dong_xoai=rows(DONG_XOAI, 1, 2, p2=indirect)))
    assert drafts(world) == [
        (DONG_XOAI, "arrears", 1, 1_490_000, "work_mode", "indirect → direct"),
        (DONG_XOAI, "recovery", 2, -1_490_000, "work_mode", "direct → indirect"),
    ]


def test_several_changes_stand_in_one_line_the_first_as_its_cause() -> None:
    world = approved(january(dong_xoai=rows(DONG_XOAI, 1, p1={"work_mode": "Không trực tiếp"})))
    world.run(replace(january(dong_xoai=rows(DONG_XOAI, 1)), parameters=RAISED_BASE))
    detail = "1490000 → 1800000; work_mode: indirect → direct"
    assert drafts(world) == [(DONG_XOAI, "arrears", 1, 1_955_000, "base_salary", detail)]


def test_days_are_a_cause_where_they_count() -> None:
    calendar = {"base_salary": 1_490_000, "part_month": "calendar_days"}
    sent = january(dong_xoai=rows(DONG_XOAI, 1, p1={"to_date": "12/01/2022"}))
    world = approved(replace(sent, parameters=calendar))
    world.run(replace(january(dong_xoai=rows(DONG_XOAI, 1)), parameters=calendar))
    assert drafts(world) == [(DONG_XOAI, "arrears", 1, 2_235_000 - 865_161, "part_month", "12 → 31")]


def test_whatever_the_rosters_do_not_say_a_parameter_has_changed() -> None:
    sent = january(dong_xoai=rows(DONG_XOAI, 1))
    world = approved(sent)
    assert world.current is not None
    before = world.current.version
    world.run(replace(sent, parameters={**JANUARY_BASE, "coefficient": {"direct": 16, "indirect": 5}}))
    detail = f"{before[:12]} → {world.current.version[:12]}"
    assert drafts(world) == [(DONG_XOAI, "arrears", 1, 149_000, "parameter", detail)]


def test_a_row_that_is_mended_or_waived_after_approval_is_arrears() -> None:
    faults = {"p2": TO_BE_MENDED, "p3": {"is_hidden": True}}
    world = approved(january(dong_xoai=rows(DONG_XOAI, 1, 2, 3, **faults)))
    world.waive(DONG_XOAI, 4, "ROW_HIDDEN")
    world.run(january(dong_xoai=rows(DONG_XOAI, 1, 2, 3, p3={"is_hidden": True})))
    assert drafts(world) == [
        (DONG_XOAI, "arrears", 2, 2_235_000, "mended", "BANK_ACCOUNT_MISSING"),
        (DONG_XOAI, "arrears", 3, 2_235_000, "waived", "ROW_HIDDEN"),
    ]


def test_a_returned_line_is_due_again_once_and_says_which() -> None:
    sent = january(dong_xoai=rows(DONG_XOAI, 1, 2))
    world = approved(sent)
    batch = world.batches()[0]
    world.export(batch.batch_id)
    world.confirm(batch.batch_id, frozenset({batch.lines[1].payment_id}))
    world.run(sent)
    assert drafts(world) == [(DONG_XOAI, "arrears", 2, 2_235_000, "returned", batch.lines[1].payment_id)]
    approve_all(world)
    world.run(replace(sent, parameters=RAISED_BASE))
    assert [line[1:5] for line in drafts(world)] == [
        ("arrears", 1, 465_000, "base_salary"),
        ("arrears", 2, 465_000, "base_salary"),
    ]


def test_a_right_that_comes_back_takes_a_draft_of_a_recovery_away_and_is_paid_again_beside_an_approved_one() -> None:
    sent, found = (january(dong_xoai=rows(DONG_XOAI, 1, 2, p2=p2)) for p2 in ({}, CONTRACT))
    world = approved(sent)
    world.run(found)
    assert [line[1:4] for line in drafts(world)] == [("recovery", 2, -2_235_000)]
    world.run(sent)
    assert drafts(world) == []
    world.run(found)
    approve_all(world)
    world.run(sent)
    assert [line[1:4] for line in drafts(world)] == [("arrears", 2, 2_235_000)]


def returned_after_its_recovery(*, collected: bool) -> InMemoryWorld:
    """Person 2 is paid, found without a right, the recovery approved; then the bank returns the payment."""
    world = approved(january(dong_xoai=rows(DONG_XOAI, 1, 2)))
    regular = world.batches()[0]
    world.export(regular.batch_id)
    found = january(dong_xoai=rows(DONG_XOAI, 1, 2, p2=CONTRACT))
    world.run(found)
    approve_all(world)
    recovery = next(batch for batch in world.batches() if batch.kind == "recovery")
    if collected:
        world.export(recovery.batch_id)
        world.confirm(recovery.batch_id, frozenset())
    world.confirm(regular.batch_id, frozenset({regular.lines[1].payment_id}))
    world.run(found)
    return world


def left_open(world: InMemoryWorld) -> list[tuple[object, ...]]:
    assert world.current is not None
    columns = ("entitlement_vnd", "committed_vnd", "drafted_vnd", "undecided_vnd")
    return world.current.result.balance.filter("is_undecided").select(columns).rows()


def test_a_recovery_of_money_that_came_back_is_let_go_and_who_has_a_right_again_is_paid_once() -> None:
    world = returned_after_its_recovery(collected=False)
    assert (drafts(world), left_open(world)) == ([], [])
    world.run(january(dong_xoai=rows(DONG_XOAI, 1, 2)))
    returned = world.ledger()[1].payment_id
    assert drafts(world) == [
        (DONG_XOAI, "arrears", 2, 2_235_000, "returned", f"{returned}; mended: CATEGORY_NOT_ELIGIBLE")
    ]


def test_a_recovery_that_was_collected_stays_open_and_is_not_paid_to_somebody_without_a_right() -> None:
    world = returned_after_its_recovery(collected=True)
    assert (drafts(world), left_open(world)) == ([], [(0, -2_235_000, 0, 2_235_000)])


def test_after_a_void_the_month_is_regular_again() -> None:
    sent = january(dong_xoai=rows(DONG_XOAI, 1))
    world = approved(sent)
    world.void(world.batches()[0].batch_id)
    world.run(sent)
    assert drafts(world) == [(DONG_XOAI, "regular", 1, 2_235_000, "decided", None)]


def test_a_linked_id_is_one_person_with_the_old_one() -> None:
    old = {"p1": {"citizen_id": "285918281"}}
    world = approved(january(dong_xoai=rows(DONG_XOAI, 1, 2, **old)))
    sent = january(dong_xoai=rows(DONG_XOAI, 1, 2))
    world.run(replace(sent, links=(("285918281", person(1).citizen_id),)))
    assert drafts(world) == []


def test_approved_money_at_a_silent_centre_holds_the_row_elsewhere() -> None:
    """Rule 16: what has been approved stands; here its centre has no roster that could take it back."""
    world = approved(january(dong_xoai=rows(DONG_XOAI, 1, 2)))
    sent = january(dong_xoai=rows(DONG_XOAI, 1), phuoc_long=rows(PHUOC_LONG, 2, 5))
    world.run(replace(sent, headcounts={DONG_XOAI: None, PHUOC_LONG: 9}))
    assert drafts(world) == [(PHUOC_LONG, "regular", 5, 2_235_000, "decided", None)]
    held = [row for row in world.rows() if row.outcome == "held"]
    assert [(row.centre_code, row.codes) for row in held] == [(PHUOC_LONG, ("DUPLICATE_PERSON",))]


def test_what_one_centre_leaves_undecided_another_does_not_pay() -> None:
    """The name stands at the old centre with an ID that is not approved: it may be the person who moved."""
    world = approved(january(dong_xoai=rows(DONG_XOAI, 1, 2)))
    other = {"citizen_id": "070073999902", "birth_date": None, "bank_account": "7700000002"}
    typo = {"p2": {**CONTRACT, **other}}
    world.run(january(dong_xoai=rows(DONG_XOAI, 1, 2, **typo), phuoc_long=rows(PHUOC_LONG, 2)))
    assert drafts(world) == []
    assert world.current is not None
    undecided = world.current.result.balance.filter("is_undecided").select("centre_code", "undecided_vnd").rows()
    assert undecided == [(DONG_XOAI, -2_235_000), (PHUOC_LONG, 2_235_000)]


def test_a_month_before_go_live_has_no_lines_whatever_the_ledger_holds() -> None:
    sent = january(dong_xoai=rows(DONG_XOAI, 1))
    world = approved(sent)
    world.run(replace(sent, parameters={"first_month": "2022-02-01", **RAISED_BASE}))
    assert drafts(world) == []
