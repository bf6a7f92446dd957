"""Five people and the rows that three centres send about them, with what may be wrong with a row."""

from factories import Cells, person, roster_row

CENTRES = ("tinh", "dong-xoai", "phuoc-long")
DISTRICTS = CENTRES[1:]
PEOPLE = (1, 2, 3, 4, 5)
OLD_IDS = {number: f"28591828{number}" for number in (3, 4)}
"""The old IDs of some people, linked to the new ones or not."""
OTHER_ACCOUNT = "7700000001"

FAULTS: dict[str, Cells] = {
    "": {},
    "contract": {"staff_category": "Hợp đồng"},
    "bank missing": {"bank_name": None},
    "other account": {"bank_account": OTHER_ACCOUNT},
    "no ID": {"citizen_id": None},
    "neither": {"citizen_id": None, "full_name": None},
    "hidden": {"is_hidden": True},
    "duty": {"duty": "Tạp vụ"},
    "indirect": {"work_mode": "Không trực tiếp"},
    "half": {"to_date": "12/01/2022"},
    "rest": {"from_date": "13/01/2022"},
    "old ID": {},
    "typo": {},
}


def roster(centre_code: str, people: list[tuple[int, str]]) -> tuple[Cells, ...]:
    return tuple(row_of(centre_code, place, number, fault) for place, (number, fault) in enumerate(people, start=1))


def people_at(centre_code: str, places: list[tuple[str, str]]) -> list[tuple[int, str]]:
    return [(number, fault) for number, (code, fault) in zip(PEOPLE, places, strict=True) if code == centre_code]


def number_of(row: Cells) -> int:
    return next(number for number in PEOPLE if f"{person(number).birth_date:%d/%m/%Y}" == row["birth_date"])


def row_of(centre_code: str, place: int, number: int, fault: str = "") -> Cells:
    differences = dict(FAULTS[fault])
    if fault == "old ID" and number in OLD_IDS:
        differences = {"citizen_id": OLD_IDS[number]}
    if fault == "typo":
        differences = {"citizen_id": person(number).citizen_id[:-3] + "9" + person(number).citizen_id[-2:]}
    return roster_row(number, centre_code=centre_code, source_row=place + 1, row_no=str(place), **differences)


def next_place(rows: tuple[Cells, ...]) -> int:
    return max((int(str(row["source_row"])) for row in rows), default=1)
