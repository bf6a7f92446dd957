"""A roster goes back to its centre, is mended and comes in again."""

from pathlib import Path

import pytest

from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.errors import UnreadableFileError, UsageError
from schemas.marker import COVER_TITLE
from schemas.vocabulary import RunStatus
from tests.integration.hand_back_office import MENDED, MENDED_ODS, PART, Office, held
from tests.integration.month_records import DIRECT_VND
from tests.unit.office_files import SheetOf, csv_file, rewritten
from tests.unit.returned_workbooks import opened
from tests.unit.rosters import HEADER, people

HELD_BEFORE = {2, 4, 7, 8, 10}
MENDED_ROWS = {4, 7, 8, 10}


@pytest.mark.parametrize("mended", [MENDED, MENDED_ODS], ids=["xlsx", "ods"])
def test_a_roster_mended_in_libreoffice_is_paid_to_the_dong(february_office: Office, mended: Path) -> None:
    before = february_office.outcomes()
    assert (held(before), february_office.earns()) == (HELD_BEFORE, 4 * DIRECT_VND)

    february_office.sends(mended.read_bytes(), f"dong-xoai{mended.suffix}")
    february_office.runs()
    after = february_office.outcomes()
    assert {row: after[row] for row in MENDED_ROWS} == dict.fromkeys(MENDED_ROWS, ("paid", DIRECT_VND))
    assert (held(after), february_office.earns()) == ({2}, 17_880_000)
    assert february_office.file_codes() == {"ROSTER_MENDED", "SHEET_IGNORED"}

    other = february_office.services.settings.input_root
    assert other is not None
    lines = (Path(other) / "rosters" / "2022-02" / "phuoc-long.csv").read_text("utf-8-sig").splitlines()
    february_office.sends("\n".join(text for text in lines if not text.startswith("5;")).encode(), "phuoc-long.csv")
    february_office.runs()
    assert (held(february_office.outcomes()), february_office.earns()) == (set(), 20_115_000)


def test_what_goes_back_is_the_workbook_that_libreoffice_was_given(february_office: Office) -> None:
    given = february_office.gets_back()
    assert (given.blocks, given.warnings, given.is_refused, given.send_as) == (5, 9, False, "dong-xoai.xlsx")
    marked = read_cells(given.content).marker
    assert marked == read_cells(MENDED.read_bytes()).marker
    assert february_office.gets_back().content == given.content


@pytest.mark.parametrize("centre", ["dong-xoai", "tinh", "phuoc-long"])
def test_sent_in_again_without_a_mend_everything_is_decided_as_before(february_office: Office, centre: str) -> None:
    before, given = february_office.outcomes(centre), february_office.gets_back(centre)
    february_office.sends(given.content, given.send_as)
    assert february_office.runs() is RunStatus.INCOMPLETE
    assert february_office.outcomes(centre) == before
    assert "ROSTER_MENDED" in february_office.file_codes(centre)


def test_a_mend_of_a_mend_goes_back_and_comes_in_too(february_office: Office) -> None:
    february_office.sends(MENDED.read_bytes())
    february_office.runs()
    second = february_office.gets_back()
    sheet = opened(second.content)["T02"]
    assert (second.blocks, sheet["D2"].comment is not None, sheet["F8"].comment) == (1, True, None)
    february_office.sends(second.content)
    february_office.runs()
    assert february_office.earns() == 17_880_000


def test_instead_of_a_part_that_mends_an_older_roster_the_one_in_force_goes_back(february_office: Office) -> None:
    february_office.sends(MENDED.read_bytes())
    february_office.runs()
    in_force = february_office.gets_back()
    february_office.sends(PART.read_bytes())
    february_office.runs()
    given = february_office.gets_back()
    assert (given.base_sha256, given.is_refused, given.blocks) == (in_force.base_sha256, False, 1)
    assert given.content == in_force.content
    february_office.sends(given.content)
    february_office.runs()
    assert "ROSTER_PARTIAL" not in february_office.file_codes()
    assert february_office.earns() == 17_880_000


def test_a_marker_of_another_centres_roster_says_nothing(february_office: Office) -> None:
    content = rewritten(PART.read_bytes(), custom=lambda part: part.replace(b"dong-xoai", b"binh-long"))
    february_office.sends(content)
    february_office.runs()
    assert february_office.file_codes() == {"SHEET_IGNORED"}
    assert len(february_office.outcomes()) == 4


def test_a_marker_of_a_roster_that_was_never_sent_says_nothing(february_office: Office) -> None:
    content = rewritten(PART.read_bytes(), custom=lambda part: part.replace(b"7b9025", b"000000"))
    february_office.sends(content)
    february_office.runs()
    assert february_office.file_codes() == {"SHEET_IGNORED"}


def test_a_refused_file_goes_back_with_what_refused_it(february_office: Office) -> None:
    grid = [["DANH SÁCH Tháng 03 năm 2022"], HEADER, *people(1, 2)]
    february_office.sends(csv_file(SheetOf(grid)), "dong-xoai.csv")
    february_office.runs()
    given = february_office.gets_back()
    book = opened(given.content)
    text = " ".join(str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell)
    assert (given.is_refused, given.send_as, book.sheetnames) == (True, "dong-xoai.xlsx", [COVER_TITLE, "Danh sách"])
    assert "Danh sách dong-xoai.csv bị từ chối" in text
    assert "Danh sách đã nhận trước đó (dong-xoai.xlsx) vẫn được dùng" in text
    assert "Mã: WRONG_MONTH" in text
    assert "ID_INVALID" not in text


@pytest.mark.parametrize("content", [b"%PDF-1.4 x", b"PK\x03\x04 cut off"], ids=["pdf", "damaged"])
def test_a_file_that_cannot_be_read_is_not_handed_back_and_says_what_to_tell(
    february_office: Office, content: bytes
) -> None:
    february_office.sends(content)
    february_office.runs()
    with pytest.raises(UnreadableFileError, match=r"cannot be handed back: .*\. Tell the centre instead: .*\.xlsx"):
        february_office.gets_back()


def test_nothing_sent_is_nothing_handed_back(february_office: Office) -> None:
    with pytest.raises(UsageError, match="has sent nothing for 2022-02"):
        february_office.gets_back("binh-long")
    with pytest.raises(UsageError, match="there is no centre"):
        february_office.gets_back("nowhere")
