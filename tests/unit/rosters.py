"""Rosters as grids of cells, for the tests of the sheet's reading: good ones, and the difference a test makes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.core.sheet import RosterReading, read_roster
from ioc_etl.core.sheet_title import CentreNames
from ioc_etl.policy.model import Centre
from ioc_etl.policy.resolve import policy_at
from schemas.sheet_cells import WorkbookCells
from schemas.vocabulary import CentreKind, FindingCode
from tests.unit.office_files import book

JANUARY = date(2022, 1, 1)
HEADER = (
    "STT",
    "Họ và tên",
    "Ngày sinh",
    "Số CCCD",
    "Cơ quan cử",
    "Đối tượng",
    "Nhiệm vụ",
    "Hình thức làm việc",
    "Ca trực",
    "Mức hưởng khác",
    "Số tài khoản",
    "Ngân hàng",
    "Ghi chú",
)
WIDTH = len(HEADER)
PLACEHOLDERS = policy_at(load_policy(), JANUARY).placeholder_words
BLANK: tuple[str | None, ...] = (None,) * WIDTH
_NAMES = (
    "Nguyễn Văn An",
    "Trần Thị Bình",
    "Lê Văn Chi",
    "Phạm Đức Dũng",
    "Vũ Ngọc Giang",
    "Bùi Thị Hòa",
    "Đỗ Minh Khánh",
)

Row = Sequence[str | None]
Grid = Sequence[Row]


def centre(code: str, name: str, kind: CentreKind, *aliases: str) -> Centre:
    """A centre that has been open for long."""
    return Centre(code, name, kind, code, date(2020, 9, 9), None, aliases)


TINH = centre(
    "tinh", "Trung tâm Điều hành thông minh tỉnh Bình Phước", CentreKind.PROVINCE, "tỉnh Bình Phước", "tỉnh", "IOC tỉnh"
)
DONG_XOAI = centre(
    "dong-xoai",
    "Trung tâm Điều hành thông minh thành phố Đồng Xoài",
    CentreKind.DISTRICT,
    "thành phố Đồng Xoài",
    "TP. Đồng Xoài",
    "Đồng Xoài",
)
BINH_LONG = centre(
    "binh-long", "Trung tâm Điều hành thông minh thị xã Bình Long", CentreKind.DISTRICT, "thị xã Bình Long", "Bình Long"
)
CENTRES = (TINH, DONG_XOAI, BINH_LONG)


def person(number: int, **cells: str | None) -> tuple[str | None, ...]:
    """Person `number` as a row under `HEADER`; a header's words in capitals and without spaces name a cell."""
    good: dict[str, str | None] = {
        "STT": str(number),
        "Họ và tên": _NAMES[number % len(_NAMES)],
        "Ngày sinh": f"{number % 28 + 1:02d}/03/1980",
        "Số CCCD": f"070080{number:06d}",
        "Cơ quan cử": "Công an thành phố",
        "Đối tượng": "Công an",
        "Nhiệm vụ": "Vận hành dịch vụ",
        "Hình thức làm việc": "Trực tiếp",
        "Ca trực": "1",
        "Mức hưởng khác": None,
        "Số tài khoản": f"99900{number:05d}",
        "Ngân hàng": "Agribank CN Bình Phước",
        "Ghi chú": None,
    }
    by_field = {FIELDS[name]: text for name, text in cells.items()}
    return tuple({**good, **by_field}[header] for header in HEADER)


FIELDS: Mapping[str, str] = {
    "row_no": "STT",
    "full_name": "Họ và tên",
    "birth_date": "Ngày sinh",
    "citizen_id": "Số CCCD",
    "agency": "Cơ quan cử",
    "staff_category": "Đối tượng",
    "duty": "Nhiệm vụ",
    "work_mode": "Hình thức làm việc",
    "shift": "Ca trực",
    "other_support_vnd": "Mức hưởng khác",
    "bank_account": "Số tài khoản",
    "bank_name": "Ngân hàng",
    "note": "Ghi chú",
}


def people(*numbers: int) -> list[tuple[str | None, ...]]:
    """Several good people."""
    return [person(number) for number in numbers]


def line(text: str, *, at: str = "row_no", **cells: str) -> tuple[str | None, ...]:
    """A row with one text, in the column of a field, and maybe cells beside it."""
    texts = {FIELDS[at]: text, **{FIELDS[name]: beside for name, beside in cells.items()}}
    return tuple(texts.get(header) for header in HEADER)


def only(**cells: str) -> tuple[str | None, ...]:
    """A row with nothing but these cells."""
    texts = {FIELDS[name]: text for name, text in cells.items()}
    return tuple(texts.get(header) for header in HEADER)


def read(
    source: Grid | WorkbookCells,
    *,
    of: Centre = DONG_XOAI,
    month: date = JANUARY,
    agencies_matter: bool = False,
    hidden_rows: Collection[int] = (),
    centres: Collection[Centre] | CentreNames = CENTRES,
) -> RosterReading:
    """What is read of one sheet, or of a whole book."""
    cells = source if isinstance(source, WorkbookCells) else book(source, hidden_rows=frozenset(hidden_rows))
    return read_roster(
        cells,
        centre=of,
        month=month,
        agencies_matter=agencies_matter,
        all_centres=centres,
        placeholders=PLACEHOLDERS,
    )


def codes(reading: RosterReading) -> list[FindingCode]:
    """The codes of a reading's findings."""
    return [finding.code for finding in reading.findings]


def names(reading: RosterReading) -> list[str | None]:
    """The people that were read, by name."""
    return list(reading.columns["full_name"])
