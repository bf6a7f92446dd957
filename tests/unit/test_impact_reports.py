"""The impact tables as people get them: text and workbook."""

import unicodedata
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.core.impact import impact
from ioc_etl.errors import UsageError
from ioc_etl.reports.impact import difference_text, impact_text, impact_workbook
from schemas.impact import ImpactTables

PRINTED = [
    "2.235.000",
    "42.465.000",
    "509.580.000",
    "60.345.000",
    "724.140.000",
    "102.810.000",
    "1.233.720.000",
    "221.265.000",
]
OWN = ["40.975.000", "491.700.000", "101.320.000", "1.215.840.000", "2.655.180.000"]


@pytest.fixture(scope="module")
def of_2022() -> ImpactTables:
    return impact(load_policy(), year=2022)


@pytest.fixture(scope="module")
def of_2023() -> ImpactTables:
    return impact(load_policy(), year=2023)


def sheet_of(tables: ImpactTables, name: str) -> Worksheet:
    sheet = load_workbook(BytesIO(impact_workbook(tables)))[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def values_of(sheet: Worksheet) -> set[object]:
    return {cell for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None}


@pytest.mark.parametrize("figure", [*PRINTED, *OWN])
def test_the_text_shows_every_figure_of_the_rulebook(of_2022: ImpactTables, figure: str) -> None:
    assert figure in impact_text(of_2022)


def test_the_text_says_that_66_must_be_99_in_both_languages(of_2022: ImpactTables) -> None:
    assert "In 66 người cho 11 Trung tâm cấp huyện, đúng phải là 99 người: 11 × 9 = 99" in impact_text(of_2022)
    english = impact_text(of_2022, lang="en")
    assert "66 people are printed for 11 district centres; it must be 99: 11 × 9 = 99" in english
    assert "1,215,840,000" in english


def test_the_text_fits_a_page_and_is_composed_vietnamese(of_2022: ImpactTables, of_2023: ImpactTables) -> None:
    for tables, lang, mark in ((of_2022, "vi", "BẢN NHÁP"), (of_2023, "vi", "BẢN NHÁP"), (of_2023, "en", "DRAFT")):
        text = impact_text(tables, lang)
        assert max(len(line) for line in text.splitlines()) <= 120
        assert unicodedata.is_normalized("NFC", text)
        assert text.endswith("\n")
        assert mark in text.splitlines()[0]


def test_another_language_is_refused(of_2022: ImpactTables) -> None:
    with pytest.raises(UsageError, match="there is no language 'fr'; there are vi and en"):
        impact_text(of_2022, lang="fr")


def test_the_text_says_that_a_year_with_a_change_is_the_sum_of_its_months(
    of_2022: ImpactTables, of_2023: ImpactTables
) -> None:
    said = "kinh phí năm là tổng của mười hai tháng, mỗi tháng theo mức của tháng đó"
    assert said in impact_text(of_2023)
    assert said not in impact_text(of_2022)
    assert "1.362.060.000" in impact_text(of_2023)


def test_every_difference_is_told_in_both_languages(of_2022: ImpactTables) -> None:
    told = [
        (difference_text(difference, "vi"), difference_text(difference, "en")) for difference in of_2022.differences
    ]
    assert len(told) == 3
    assert "tối đa" in told[2][0]
    assert "ceiling" in told[2][1]
    assert "745.000" in told[1][0]
    assert "745,000" in told[1][1]


def test_the_workbook_holds_the_figures_as_numbers(of_2022: ImpactTables) -> None:
    values = values_of(sheet_of(of_2022, "Tác động"))
    assert {int(figure.replace(".", "")) for figure in (*PRINTED, *OWN)} <= values
    assert {19, 27, 46, 99} <= values


def test_the_workbook_tells_the_differences_in_vietnamese_alone(of_2022: ImpactTables) -> None:
    texts = {str(value) for value in values_of(sheet_of(of_2022, "Tác động"))}
    for number, difference in enumerate(of_2022.differences, start=1):
        assert f"{number}. {difference_text(difference, 'vi')}" in texts


def test_the_workbook_checks_the_printed_figures_only_where_there_are_any(
    of_2022: ImpactTables, of_2023: ImpactTables
) -> None:
    rows = list(sheet_of(of_2022, "Đối chiếu").iter_rows(min_row=5, values_only=True))
    assert ("11 Trung tâm IOC cấp huyện", "số suất", 66, 99, "Khác") in rows
    assert sum(row[4] == "Khớp" for row in rows) == 12
    assert load_workbook(BytesIO(impact_workbook(of_2023))).sheetnames == ["Tác động"]


def test_the_workbook_prints_on_a4_landscape_with_the_draft_mark(of_2022: ImpactTables) -> None:
    sheet = sheet_of(of_2022, "Tác động")
    assert sheet.page_setup.orientation == "landscape"
    assert str(sheet.page_setup.paperSize) == "9"
    assert sheet.oddHeader.right.text == "BẢN NHÁP"


def test_the_same_tables_give_the_same_bytes(of_2022: ImpactTables) -> None:
    assert impact_workbook(of_2022) == impact_workbook(of_2022)


def test_districts_alone_have_no_row_of_the_province_and_no_total() -> None:
    text = impact_text(impact(load_policy(), year=2022, centres=["bu-dang"]))
    table = text.split("Bảng 2.")[0]
    assert "huyện Bù Đăng" in " ".join(table.split())
    assert "Trung tâm IOC tỉnh" not in table
    assert "Tổng cộng" not in table
