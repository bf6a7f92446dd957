"""What handing back does with a workbook in its rooms of limited memory and time."""

from datetime import UTC, date, datetime
from pathlib import Path

from ioc_etl.adapters.clock import Clock
from ioc_etl.adapters.settings import Settings
from ioc_etl.pipeline.hand_back_rooms import HandBackRooms
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.reading_words import ReadingFacts
from ioc_etl.pipeline.services import Services
from schemas.returned import Return
from tests.unit.office_files import SheetOf, rewritten, xlsx
from tests.unit.returned_workbooks import MARKER, opened
from tests.unit.rosters import HEADER, people


def test_a_workbook_that_openpyxl_cannot_take_comes_back_made_of_its_cells(tmp_path: Path) -> None:
    """A merged area of sixteen billion cells: the reader never counts them, openpyxl would make every one."""
    area = b'<mergeCells count="1"><mergeCell ref="A20:XFD1048576"/></mergeCells>'
    bomb = rewritten(
        xlsx(SheetOf((HEADER, *people(1, 2)))),
        sheet1=lambda part: part.replace(b"</sheetData>", b"</sheetData>" + area),
    )
    services = Services(Settings(home=tmp_path), Clock.stopped_at(datetime(2022, 3, 1, tzinfo=UTC)))
    with ReadingRooms() as rooms:
        workshop = HandBackRooms(rooms, ReadingFacts.of(date(2022, 1, 1), services.policy.centres.values(), (), ()))
        sent = workshop.sent(bomb, "dong-xoai")
        content = workshop.returned(sent, Return(MARKER, None))
    assert [cell.value for cell in opened(content).worksheets[0]["B"]][1:] == ["Trần Thị Bình", "Lê Văn Chi"]
