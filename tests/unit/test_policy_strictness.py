"""Loaders refuse, naming file and line: one test per slip of the pen."""

from datetime import date
from pathlib import Path

import pytest

import ioc_etl.policy
from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.errors import PolicyError
from ioc_etl.policy.parse_findings import parse_findings
from ioc_etl.policy.strict_yaml import read_document

GOOD = """\
unit: ngày
clause: Quy tắc 12
description: Một nửa tháng.
values:
  - from: 2022-01-01
    to: 2022-06-30
    status: draft
    reference: Văn bản thứ nhất
    value: 15
  - from: 2022-07-01
    status: draft
    reference: Văn bản thứ hai
    value: 16
"""


def refused(folder: Path, text: str, name: str = "half_month_days") -> str:
    """What the loader says about one parameter file with this text."""
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load_policy(folder)
    message = str(caught.value)
    assert message.startswith(f"{folder / name}.yaml, line ")
    return message.split("yaml, ", 1)[1]


def test_the_text_the_others_are_made_from_is_good(tmp_path: Path) -> None:
    (tmp_path / "half_month_days.yaml").write_text(GOOD, encoding="utf-8")
    assert [dated.value for dated in load_policy(tmp_path).parameters["half_month_days"].values] == [15, 16]


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("unit: ngày\n", "unit: ngày\nunit: ngày\n", "line 2: 'unit' is given twice; keep one of them"),
        ("clause:", "klause:", "line 2: klause: this key is unknown"),
        ("    value: 16", "    value: 16\n    note: x", "line 14: values.1.note: this key is unknown"),
        ("    reference: Văn bản thứ hai\n", "", "line 10: values.1.reference: this key is missing; add it"),
        ("reference: Văn bản thứ hai", "reference: ''", "line 12: values.1.reference: String should have at least 1"),
        ("value: 16", "value: 16.5", "line 13: '16.5' is a decimal number; write whole numbers"),
        ("value: 16", "value: 1.6e1", "line 13: values.1.value: Input should be a valid integer"),
        ("value: 16", "value: '16'", "line 13: values.1.value: Input should be a valid integer; found '16'"),
        ("value: 16", "value: true", "line 13: values.1.value: Input should be a valid integer; found True"),
        ("value: 16", "value: 0", "line 13: values.1.value: Input should be greater than 0; found 0"),
        ("value: 16", "value:", "line 13: values.1.value: Input should be a valid integer; found None"),
        ("value: 16", "value: 070", "line 13: '070' can be read in two ways; put it in quotes"),
        ("value: 16", "value: yes", "line 13: 'yes' can be read in two ways; put it in quotes"),
        ("value: 16", "value: 2022-07-01 10:00:00", "can be read in two ways"),
        ("from: 2022-07-01", "from: 2022-06-01", "line 10: values.1.from: it overlaps the value before, which ends on"),
        ("    to: 2022-06-30\n", "", "line 9: values.1.from: it overlaps the value before, which has no end"),
        ("from: 2022-07-01", "from: 2022-08-01", "line 10: values.1.from: there is a gap after 2022-06-30"),
        ("from: 2022-07-01", "from: 2022-07-02", "line 10: values.1.from: a value begins on the first day of a month"),
        ("to: 2022-06-30", "to: 2022-06-29", "line 6: values.0.to: a value ends on the last day of a month"),
        ("to: 2022-06-30", "to: 2021-06-30", "line 6: values.0.to: it ends before it begins on 2022-01-01"),
        ("to: 2022-06-30", "to: 2022-06-31", "line 6: '2022-06-31' is no day of the calendar"),
        ("from: 2022-01-01", "from: '2022-01-01'", "line 5: values.0.from: Input should be a valid date"),
        ("status: draft", "status: maybe", "line 7: values.0.status: Input should be 'draft' or 'in_force'"),
        ("unit: ngày", "unit: [ngày", "this is no YAML"),
        ("unit: ngày", "unit: !tag ngày", "line 1: 'ngày' can be read in two ways"),
        ("unit: ngày", "<<: {a: b}", "line 1: a key must be plain text"),
        (GOOD, "", "line 1: "),
        (GOOD, "- 1\n", "line 1: "),
    ],
)
def test_a_slip_is_refused_with_its_line(tmp_path: Path, good: str, bad: str, said: str) -> None:
    assert good in GOOD
    assert said in refused(tmp_path, GOOD.replace(good, bad, 1))


def value_file(value: str) -> str:
    return f"unit: u\nclause: c\ndescription: d\nvalues:\n- from: 2022-01-01\n  status: draft\n  reference: r\n{value}"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("part_month", "  value: some_days\n", "line 8: values.0.value: Input should be 'full_month', 'half_under_15"),
        (
            "coefficient",
            "  value:\n    direct: 15\n",
            "line 8: values.0.value: nothing is said about ind",
        ),
        ("coefficient", "  value:\n    direct: 15\n    both: 5\n    indirect: 5\n", "line 10: values.0.value.both: "),
        ("eligible_categories", "  value: [cadre, friend]\n", "line 8: values.0.value.1: Input should be 'cadre', "),
        (
            "mode_words",
            "  value:\n    direct: [Làm]\n    indirect: [LÀM]\n",
            "line 10: values.0.value.indirect.0: 'LÀM' a",
        ),
        (
            "mode_words",
            "  value:\n    direct: ['-']\n",
            "line 9: values.0.value.direct.0: a word needs",
        ),
        (
            "mode_words",
            "  value:\n    direct: [a, a]\n",
            "line 9: values.0.value.direct: something is",
        ),
        (
            "agency_quota",
            "  value:\n    so-la: 1\n",
            "line 9: values.0.value.so-la: the agency 'so-la' is unknown",
        ),
        (
            "agency_quota",
            "  value:\n    cong-an: -1\n",
            "line 9: values.0.value.cong-an: Input should be greater",
        ),
        (
            "agency_succession",
            "  value:\n    so-tttt: so-la\n",
            "line 9: values.0.value.so-tttt: the agency 'so-la'",
        ),
        (
            "agency_succession",
            "  value:\n    so-tttt: so-khcn\n    so-khcn: so-tttt\n",
            "line 9: values.0.value.so-tttt: so-tttt becomes itself again by way of so-tttt",
        ),
        (
            "agencies",
            "  value:\n    a-b:\n      name: Sở A\n    c:\n      name: A B\n",
            "line 12: values.0.value.c.name: ",
        ),
        (
            "agencies",
            "  value:\n    A B:\n      name: Sở A\n",
            "line 9: values.0.value.A B: String should match",
        ),
        ("birth_codes", "  value: ['070', '70']\n", "line 8: values.0.value.1: String should match pattern"),
        ("bank_account_digits", "  value: {min: 9, max: 8}\n", "line 8: values.0.value.max: max is below min"),
        ("bank_account_digits", "  value: {min: 9}\n", "line 8: values.0.value.max: this key is missing"),
    ],
)
def test_a_value_of_another_shape_is_refused(tmp_path: Path, name: str, value: str, said: str) -> None:
    assert refused(tmp_path, value_file(value), name).startswith(said)


@pytest.mark.parametrize(("month", "day"), [(2, 29), (4, 31), (13, 1), (1, 0)])
def test_a_day_that_not_every_year_has_ends_no_year(tmp_path: Path, month: int, day: int) -> None:
    value = f"value:\n      month: {month}\n      day: {day}"
    assert "line" in refused(
        tmp_path, GOOD.replace("value: 16", value).replace("value: 15", value), "adjustment_ends_on"
    )


def test_a_file_that_names_no_parameter_is_refused(tmp_path: Path) -> None:
    assert "there is no parameter 'base_salery'; there are: absence_words" in refused(tmp_path, GOOD, "base_salery")


def test_two_files_of_one_parameter_are_refused(tmp_path: Path) -> None:
    for suffix in ("yaml", "yml"):
        (tmp_path / f"half_month_days.{suffix}").write_text(GOOD, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"half_month_days.yml, line 1: the parameter 'half_month_days' has two"):
        load_policy(tmp_path)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "part_month.yaml").write_bytes("unit: u\nclause: Quy tắc".encode("cp1258", "replace") + b"\xff")
    with pytest.raises(PolicyError, match=r"part_month.yaml, line 2: the file is not UTF-8; save it as UTF-8"):
        load_policy(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="there is no such folder of parameters; correct IOC_ETL_POLICY"):
        load_policy(tmp_path / "nowhere")


def test_a_byte_order_mark_and_decomposed_letters_are_read() -> None:
    document = read_document("x.yaml", "\ufeffvalue: Sở Y tế\nday: 2022-01-31\nmoney: 1_490_000\n")
    assert document.value == {"value": "Sở Y tế", "day": date(2022, 1, 31), "money": 1490000}


FINDINGS = Path(ioc_etl.policy.__file__).with_name("findings.yaml")


@pytest.mark.parametrize("part", ["[ Có phải {found} hay {place}?]", "[ Có phải không?]", "[", "[[ {found}]]"])
def test_square_brackets_of_a_message_that_are_no_part_with_one_blank_are_refused(part: str) -> None:
    text = FINDINGS.read_text("utf-8").replace("[ Có phải là: {expected}?]", f"[ Có phải là: {{expected}}?]{part}")
    with pytest.raises(PolicyError, match="square brackets are for a part with one blank"):
        parse_findings(read_document("findings.yaml", text))
