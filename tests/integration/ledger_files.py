"""What is sent to a month, as files: rosters, registers and parameters of the policy."""

import json
from importlib.resources import files
from itertools import count
from pathlib import Path

from factories import Cells
from ledger_sources import registers_of
from ledger_world import Sent

from schemas.columns import OFFICIAL_HEADERS, REGISTER_COLUMNS, ROSTER_COLUMNS
from tests.unit.office_files import SheetOf, csv_file, xlsx

FIELDS = [column.name for column in ROSTER_COLUMNS if column.name != "coefficient"]


def write_sources(root: Path, month: str, sent: Sent, before: Sent | None) -> None:
    """Rosters and registers under the input root, where `before` was sent last."""
    rosters = made(root / "rosters" / month)
    # A file that nobody sends again stays as it is, byte for byte.
    for code, rows in sent.rosters.items():
        if before is None or rows != before.rosters.get(code):
            (rosters / f"{code}.csv").unlink(missing_ok=True)
            if rows is not None:
                (rosters / f"{code}.csv").write_bytes(as_saved(roster_bytes(rows)))
    folder = made(root / "registers")
    for name, register in registers_of(sent).items():
        (folder / f"{name}.csv").write_bytes(table_bytes(REGISTER_COLUMNS[name], register))


_SAVES = count(1)
_NO_COMMENT = b"\x00\x00"


def as_saved(content: bytes) -> bytes:
    """The same table, but not the bytes of an earlier file: what was seen before would say nothing new."""
    number = next(_SAVES)
    if not content.startswith(b"PK"):
        return content + b"\r\n" * number
    comment = str(number).encode()
    whole = content.removesuffix(_NO_COMMENT)
    return whole + len(comment).to_bytes(2, "little") + comment if whole != content else content + comment


def write_parameters(folder: Path, sent: Sent) -> None:
    """Files of the parameters that are sent; every other one is the packaged one again, but what allows payment."""
    for file in folder.glob("*.yaml"):
        if file.stem not in {*sent.parameters, "payment_permissions"}:
            file.unlink()
    for name, value in sent.parameters.items():
        (folder / f"{name}.yaml").write_text(parameter_text(name, value), "utf-8")


def roster_bytes(rows: tuple[Cells, ...] | str) -> bytes:
    """A CSV as a spreadsheet writes it; an xlsx where a row is hidden; a torn zip where it is bad."""
    if isinstance(rows, str):
        return b"PK\x03\x04 torn off"
    header = [OFFICIAL_HEADERS[name] for name in FIELDS]
    grid = [header, *([None if row[name] is None else str(row[name]) for name in FIELDS] for row in rows)]
    hidden = frozenset(number for number, row in enumerate(rows, start=2) if row["is_hidden"])
    if hidden:
        return xlsx(SheetOf(grid, hidden_rows=hidden))
    return csv_file(SheetOf(grid))


def table_bytes(columns: tuple[str, ...], rows: list[Cells]) -> bytes:
    return csv_file(SheetOf([list(columns), *([_text(row.get(name)) for name in columns] for row in rows)]))


def parameter_text(name: str, value: object) -> str:
    """The packaged parameter's file with another value, or with others over time."""
    packaged = files("ioc_etl.policy").joinpath(f"parameters/{name}.yaml").read_text("utf-8")
    over_time = value if isinstance(value, list) else [{"from": "2022-01-01", "value": value}]
    values = []
    for period in over_time:
        days = "".join(f"    to: {period['to']}\n" if "to" in period else "")
        said = period["value"] if isinstance(period["value"], str) else json.dumps(period["value"])
        values.append(
            f"  - from: {period['from']}\n{days}    status: draft\n    reference: Quyết định giả định\n"
            f"    value: {said}\n"
        )
    return packaged.partition("values:\n")[0] + "values:\n" + "".join(values)


def made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _text(value: object) -> str | None:
    return None if value is None else str(value)
