"""What is told of accounts in number cells: once a file, of those that nobody was paid to before. Close reading 11."""

from collections.abc import Mapping, Sequence

import polars as pl
import pytest

from schemas.vocabulary import FindingCode
from tests.factories import POLICY_BEGINS, facts_of, last_payment, last_payments, month_result, raw_roster, registers
from tests.factories import roster_row as row

NUMBER = {"number_cells": ["bank_account"]}
JANUARY = POLICY_BEGINS


def told(
    rows: Sequence[Mapping[str, object]], paid_before: Sequence[Mapping[str, object]] = ()
) -> list[tuple[str, str, str]]:
    """Centre, count and rows of every BANK_ACCOUNT_NUMBER, and the amounts are looked at by the caller."""
    result = month_result(raw_roster(rows), facts_of(JANUARY, registers()), last_payments=last_payments(paid_before))
    of_numbers = result.findings.filter(pl.col("code") == FindingCode.BANK_ACCOUNT_NUMBER)
    return list(of_numbers.select("centre_code", "found", "place").iter_rows())


def codes_of(rows: Sequence[Mapping[str, object]]) -> list[list[str]]:
    return month_result(raw_roster(rows), facts_of(JANUARY, registers())).decisions["codes"].to_list()


def test_accounts_in_number_cells_are_told_once_a_file() -> None:
    rows = [row(number, **(NUMBER if number < 4 else {})) for number in range(1, 6)]
    assert told(rows) == [(rows[0]["centre_code"], "3", "2, 3, 4")]


def test_accounts_in_text_cells_are_not_told() -> None:
    assert told([row(1), row(2, number_cells=["citizen_id"])]) == []


def test_an_account_that_was_paid_before_is_not_told_again() -> None:
    rows = [row(1, **NUMBER), row(2, **NUMBER)]
    assert told(rows, [last_payment(1)]) == [(rows[0]["centre_code"], "1", "3")]
    assert told(rows, [last_payment(1), last_payment(2)]) == []


def test_an_account_that_differs_from_the_last_one_is_told() -> None:
    assert len(told([row(1, **NUMBER)], [last_payment(1, bank_account="0990000001")])) == 1


@pytest.mark.parametrize("text", ["0102030400", "00102030400"])
def test_the_same_account_with_a_zero_on_another_row_is_told_even_when_it_was_paid(text: str) -> None:
    rows = [row(1, bank_account="102030400", **NUMBER), row(2, bank_account=text)]
    assert len(told(rows, [last_payment(1, bank_account="102030400")])) == 1


@pytest.mark.parametrize("account", ["1234567890123456", "12345678901234570", "1234567890123457000"])
def test_a_number_of_more_than_fifteen_digits_is_no_account(account: str) -> None:
    assert codes_of([row(1, bank_account=account, **NUMBER)]) == [["BANK_ACCOUNT_INVALID"]]
    assert codes_of([row(1, bank_account=account)]) == [[]]
    assert told([row(1, bank_account=account, **NUMBER)]) == []


@pytest.mark.parametrize("account", ["-102030400", "1,02E+09", "1.02E+09", "102030400,5"])
def test_a_negative_or_rounded_number_is_no_account(account: str) -> None:
    assert codes_of([row(1, bank_account=account)]) == [["BANK_ACCOUNT_INVALID"]]


@pytest.mark.parametrize("identity", ["-70085000001", "7,01E+10", "7.0085E+10", "70085000001,5"])
def test_a_negative_or_rounded_number_is_no_id(identity: str) -> None:
    assert codes_of([row(1, citizen_id=identity)]) == [["ID_INVALID"]]
