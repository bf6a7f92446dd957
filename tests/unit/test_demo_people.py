"""The invented people are well formed and never the same twice."""

import re
from datetime import date
from itertools import islice

import pytest

from ioc_etl.demo.people import invent_people, invent_person

MANY = 5_000


def test_the_same_number_and_seed_is_the_same_person() -> None:
    assert invent_person(7, seed=3) == invent_person(7, seed=3)
    assert invent_person(7, seed=3) != invent_person(7, seed=4)
    assert next(invent_people(3, first=7)) == invent_person(7, seed=3)


@pytest.mark.parametrize("seed", [0, 1, 70, 2022])
def test_no_two_people_share_an_id_an_account_or_name_and_birth_date(seed: int) -> None:
    people = list(islice(invent_people(seed), MANY))
    assert len({person.citizen_id for person in people}) == MANY
    assert len({person.bank_account for person in people}) == MANY
    assert len({(person.full_name, person.birth_date) for person in people}) == MANY


def test_an_id_tells_century_and_year_of_birth_and_begins_with_a_birth_code() -> None:
    for person in islice(invent_people(), MANY):
        assert re.fullmatch(r"0\d{11}", person.citizen_id)
        century = {"0": 1900, "1": 1900, "2": 2000, "3": 2000}[person.citizen_id[3]]
        assert person.birth_date.year == century + int(person.citizen_id[4:6])
        assert date(1966, 1, 1) <= person.birth_date <= date(2001, 12, 31)


def test_an_id_tells_the_sex_the_name_tells() -> None:
    women = [person for person in islice(invent_people(), MANY) if " Thị " in person.full_name]
    assert women
    assert {person.citizen_id[3] for person in women} <= {"1", "3"}


def test_an_account_has_six_to_nineteen_digits() -> None:
    assert all(re.fullmatch(r"\d{6,19}", person.bank_account) for person in islice(invent_people(), MANY))


def test_a_number_without_an_id_is_refused() -> None:
    with pytest.raises(ValueError, match="no person number"):
        invent_person(36_000_000)
