"""Real files to begin with: what four offices, LibreOffice and four libraries write, rosters and registers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl

from ioc_etl.demo.layouts import LAYOUTS
from ioc_etl.demo.months import demo_months
from schemas.vocabulary import RegisterName
from tests.fuzz.mutate import timeless_zip
from tests.unit.office_files import WRITERS, Failed, SheetOf, Uncalculated, raw_xlsx, xls, xlsx

GOLDEN = Path(__file__).parents[1] / "golden"
_PEOPLE_KEPT = 5
_WHEN = re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?")


@dataclass(frozen=True)
class Seed:
    """One file; `register` is which register it is, None for a roster."""

    name: str
    data: bytes
    register: RegisterName | None = None

    @property
    def file_format(self) -> str:
        """xlsx, ods, xls or csv."""
        return self.name.rpartition(".")[2]


def seeds() -> list[Seed]:
    """Every seed, in the same order and with the same bytes every time."""
    return [replace(seed, data=_without_time(seed.data)) for seed in (*_rosters(), *_registers())]


def _without_time(data: bytes) -> bytes:
    """A zip that does not say when it was written."""
    if not data.startswith(b"PK"):
        return data
    with ZipFile(BytesIO(data)) as archive:
        parts = [(name, _WHEN.sub(b"2022-01-31T08:00:00", archive.read(name))) for name in archive.namelist()]
    return timeless_zip(parts)


def _rosters() -> Iterator[Seed]:
    for path in sorted((GOLDEN / "input" / "rosters").rglob("*.*")):
        yield Seed(f"{path.parent.name}-{path.name}", path.read_bytes())
    for path in sorted((GOLDEN / "office").glob("*")):
        yield Seed(path.name, path.read_bytes())
    roster = demo_months().january.rosters[1]
    for name, layout in LAYOUTS.items():
        yield Seed(f"demo-{name}{layout.suffix}", layout.write(roster))
    grid = _small_grid()
    for name, write in WRITERS.items():
        yield Seed(f"small.{name}", write(SheetOf(grid, merges=("A9:A10",), hidden_rows=frozenset({9}))))
    awkward = SheetOf([*grid, [Failed(), Uncalculated(), 1.5, True]], fonts={"B3": ".VnTime"})
    yield Seed("awkward.xlsx", xlsx(awkward, SheetOf(grid, name="2", is_visible=False), counts_from_1904=True))
    yield Seed("awkward.xls", xls(SheetOf([*grid, [Failed(), 1.5, True]]), SheetOf(grid, name="2", is_visible=False)))
    yield Seed("raw.xlsx", _raw(grid))


def _small_grid() -> list[list[str | None]]:
    sheet = openpyxl.load_workbook(GOLDEN / "input/rosters/2022-01/binh-long.xlsx").worksheets[0]
    rows = [[None if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    return rows[: 7 + _PEOPLE_KEPT]


def _raw(grid: list[list[str | None]]) -> bytes:
    """Everything a sheet may hold and few programs write: rich text, hints, escapes, formulas, hidden rows."""
    shared = "".join(f"<si><r><t>{text or ''}</t></r><rPh><t>x</t></rPh></si>" for text in grid[5])
    header = "".join(f'<c t="s"><v>{place}</v></c>' for place in range(len(grid[5])))
    people = "".join(
        f'<row r="{number}" ht="15" hidden="{number % 2}">'
        + "".join(f'<c t="str" s="1"><f>A1</f><v>{text or ""}</v></c>' for text in row)
        + '<c t="d"><v>2022-01-01</v></c><c t="e"><v>#REF!</v></c><c t="b"><v>1</v></c>'
        + '<c s="1"><v>4.4562E4</v></c></row>'
        for number, row in enumerate(grid[7:], start=2)
    )
    styles = (
        '<styleSheet {ns}><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>'
        '<fonts><font><name val="Arial"/></font></fonts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>'
        "</styleSheet>"
    )
    return raw_xlsx(
        f'<worksheet {{ns}}><sheetData><row r="1">{header}</row>{people}</sheetData><mergeCells count="1">'
        '<mergeCell ref="B2:B4"/></mergeCells></worksheet>',
        strings=f"<sst {{ns}}>{shared}</sst>",
        styles=styles,
    )


def _registers() -> Iterator[Seed]:
    for path in sorted((GOLDEN / "input" / "registers").glob("*.csv")):
        name = RegisterName(path.stem)
        text = path.read_text(encoding="utf-8-sig")
        yield Seed(path.name, path.read_bytes(), name)
        rows: list[list[str | None]] = [list(line.split(",")) for line in text.splitlines()]
        for kind in ("xlsx", "ods", "xls"):
            yield Seed(f"{path.stem}.{kind}", WRITERS[kind](SheetOf(rows)), name)
