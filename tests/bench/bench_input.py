"""The bench's input root: a province of as many centres and people as asked for, as real office files.

Written once a size and kept: a folder that is complete holds `complete.json`.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

import xlsxwriter

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.demo.people import scrambled
from ioc_etl.demo.province import province
from ioc_etl.demo.registers import registers_of
from ioc_etl.demo.roster import Roster, RosterRow, Value
from ioc_etl.policy.model import Centre
from ioc_etl.reports.official_form import COLUMNS
from ioc_etl.reports.terms import CENTRE_NAME, month_title
from schemas.columns import OFFICIAL_HEADERS

MONTH = date(2022, 1, 1)
_EDITION = 1
_HEADER_ROW = 9
_ONE_ROW_IN = 20
_YEARLY_VND_A_PERSON = 30_000_000
_AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class BenchInput:
    """Where a province of the bench is: its input root, registry of centres and policy, and how large it is."""

    root: Path
    centres_file: Path
    policy_folder: Path
    centres: int
    rows: int

    @property
    def rosters(self) -> list[Path]:
        """The roster files, by name."""
        return sorted((self.root / "rosters" / f"{MONTH:%Y-%m}").iterdir())


def bench_input(folder: Path, *, rows: int, centres: int) -> BenchInput:
    """The input of that size below `folder`, written now unless an earlier bench has written it."""
    people = rows // centres
    place = folder / f"input-{centres}x{people}"
    made = BenchInput(place / "root", place / "centres.yaml", place / "policy", centres, people * centres)
    stamp = {"edition": _EDITION, "centres": centres, "people_per_centre": people}
    complete = place / "complete.json"
    if not (complete.exists() and json.loads(complete.read_text()) == stamp):
        complete.unlink(missing_ok=True)
        _write(made, people)
        complete.write_text(json.dumps(stamp))
    return made


def _write(made: BenchInput, people: int) -> None:
    invented = province(month=MONTH, centres=made.centres, people_per_centre=people)
    budget = {roster.centre.code: people * _YEARLY_VND_A_PERSON for roster in invented.rosters}
    registers = made.root / "registers"
    for folder in (registers, made.policy_folder, made.root / "rosters" / f"{MONTH:%Y-%m}"):
        folder.mkdir(parents=True, exist_ok=True)
    for name, content in registers_of(invented, yearly_budget_vnd=budget).files().items():
        (registers / name).write_bytes(content)
    made.centres_file.write_text(_registry(roster.centre for roster in invented.rosters), encoding="utf-8")
    for name, text in _policy(people).items():
        (made.policy_folder / name).write_text(text, encoding="utf-8")
    writing = partial(_write_roster, made.root / "rosters" / f"{MONTH:%Y-%m}")
    with ProcessPoolExecutor() as pool:
        for begin in range(0, made.centres, _AT_A_TIME):
            some = enumerate(invented.rosters[begin : begin + _AT_A_TIME], start=begin)
            list(pool.map(writing, (_with_faults(roster, place) for place, roster in some), chunksize=10))


# ---- Registry and policy: posts enough for everybody


def _registry(centres: Iterator[Centre]) -> str:
    entries = {
        centre.code: {
            "name": centre.name,
            "kind": str(centre.kind),
            "opened_on": f"{centre.opened_on}",
            "aliases": list(centre.aliases),
            "reference": "bench",
        }
        for centre in centres
    }
    lines = ["centres:"]
    for code, entry in entries.items():
        lines.append(f"  {code}:")
        lines.extend(
            f"    {key}: {value if key == 'opened_on' else json.dumps(value, ensure_ascii=False)}"
            for key, value in entry.items()
        )
    return "\n".join([*lines, ""])


def _policy(people: int) -> dict[str, str]:
    """The packaged quotas with everybody's posts in them."""
    agencies = load_policy().parameters["agency_quota"].values[0].value
    return {
        "centre_quota.yaml": _parameter(dict.fromkeys(("province", "district"), people)),
        "agency_quota.yaml": _parameter(dict.fromkeys(agencies, people)),
    }


def _parameter(value: dict[str, int]) -> str:
    lines = [
        "unit: người",
        "clause: bench",
        "description: Posts enough for the rosters of the bench.",
        "values:",
        "  - from: 2022-01-01",
        "    status: draft",
        "    reference: bench",
        "    value:",
        *(f"      {name}: {posts}" for name, posts in value.items()),
    ]
    return "\n".join([*lines, ""])


# ---- Faults: one row in twenty has something that a month of an office has


def _with_faults(roster: Roster, place: int) -> Roster:
    rows = tuple(_row(row, place * len(roster.rows) + number) for number, row in enumerate(roster.rows))
    return replace(roster, rows=rows)


def _row(row: RosterRow, number: int) -> RosterRow:
    luck, kind = divmod(scrambled(number), _ONE_ROW_IN)
    return replace(row, **_FAULTS[luck % len(_FAULTS)]) if kind == 0 else row


_FAULTS: tuple[dict[str, Value], ...] = (
    {"bank_account": None},
    {"citizen_id": None},
    {"citizen_id": "070085"},
    {"staff_category": "Hợp đồng"},
    {"staff_category": "Tình nguyện viên"},
    {"work_mode": "Bán thời gian"},
    {"shift": 7},
    {"from_date": date(2022, 1, 12)},
    {"to_date": date(2022, 1, 20)},
    {"to_date": "31/02/2022"},
    {"birth_date": date(1961, 3, 2)},
    {"note": "Nghỉ thai sản từ ngày 10/01"},
    {"other_support_name": "Hỗ trợ đặc thù ngành công nghệ thông tin", "other_support_vnd": 2_500_000},
    {"other_support_name": "Hỗ trợ đặc thù", "other_support_vnd": 500_000},
    {"duty": "Tạp vụ"},
)


# ---- Office files


def _write_roster(folder: Path, roster: Roster) -> None:
    """The official form with a column for the agency: heading, title, header, people, total, signatures."""
    book = xlsxwriter.Workbook(str(folder / f"{roster.centre.code}.xlsx"))
    bold, dated = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet(f"DS T{roster.month:%m}")
    last = len(COLUMNS) - 1
    heading = (
        f"UBND {roster.place}".upper(),
        CENTRE_NAME.upper(),
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "DANH SÁCH",
        f"Cán bộ, công chức, viên chức làm việc tại {roster.centre.name}",
        month_title(roster.month),
    )
    for row, text in enumerate(heading):
        sheet.merge_range(row, 0, row, last, text, bold)
    for column, form_column in enumerate(COLUMNS):
        sheet.set_column(column, column, form_column.width)
        sheet.write_string(_HEADER_ROW, column, OFFICIAL_HEADERS[form_column.name], bold)
        sheet.write_string(_HEADER_ROW + 1, column, f"({column + 1})")
    for number, row in enumerate(roster.rows, start=_HEADER_ROW + 2):
        for column, form_column in enumerate(COLUMNS):
            value = getattr(row, form_column.name)
            if isinstance(value, date):
                sheet.write_datetime(number, column, value, dated)
            elif value is not None:
                sheet.write(number, column, value) if isinstance(value, int) else sheet.write_string(
                    number, column, value
                )
    below = _HEADER_ROW + 2 + len(roster.rows)
    sheet.write_string(below, 0, f"Tổng cộng: {len(roster.rows)} người", bold)
    sheet.write_string(below + 3, 1, "NGƯỜI LẬP BIỂU", bold)
    sheet.write_string(below + 3, last - 3, "GIÁM ĐỐC TRUNG TÂM", bold)
    book.close()
