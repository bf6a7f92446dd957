"""What is wrong with a file, once its table was found: its columns, its title, its total, its hidden rows.

Source: rulebook section 4, file findings.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from ioc_etl.core.layout_proposals import proposals
from ioc_etl.core.sheet_header import Header
from ioc_etl.core.sheet_money import foreign_units
from ioc_etl.core.sheet_rows import TableRows
from ioc_etl.core.sheet_title import CentreNames, months_stated, other_centre_stated
from ioc_etl.core.sheet_totals import mismatch
from ioc_etl.policy.model import Centre
from schemas.columns import ROSTER_COLUMNS
from schemas.raised_finding import RaisedFinding
from schemas.sheet_cells import SheetCells, column_letter
from schemas.vocabulary import FindingCode

_OFFICIAL = {column.name: column.official for column in ROSTER_COLUMNS}
_REQUIRED = tuple(column.name for column in ROSTER_COLUMNS if column.required)


def no_header(centre: Centre) -> RaisedFinding:
    """No visible sheet has a roster's header."""
    expected = ", ".join(_OFFICIAL[name] for name in _REQUIRED)
    return RaisedFinding(FindingCode.HEADER_NOT_FOUND, centre.code, expected=expected)


def sheets_ignored(names: Sequence[str], *, read: str, centre: Centre) -> RaisedFinding:
    """Sheets that hold a roster too and are not read."""
    return RaisedFinding(FindingCode.SHEET_IGNORED, centre.code, found=", ".join(names), expected=read)


def about_columns(header: Header, centre: Centre, *, needs_agency: bool) -> list[RaisedFinding]:
    """Required columns that are missing, columns that mean the same, columns nobody knows."""
    required = [*_REQUIRED, *(["agency"] if needs_agency else [])]
    meant = proposals(header.unknown, header.columns)
    missing = [
        RaisedFinding(
            FindingCode.COLUMN_MISSING,
            centre.code,
            column_name=name,
            found=", ".join(f"{column_letter(each)} “{header.unknown[each]}”" for each in meant if meant[each] == name)
            or None,
            expected=_OFFICIAL[name],
        )
        for name in required
        if name not in header.columns and not (name == "work_mode" and "coefficient" in header.columns)
    ]
    ambiguous = [
        RaisedFinding(
            FindingCode.COLUMN_AMBIGUOUS,
            centre.code,
            column_name=name,
            found="; ".join(header.texts[column] for column in columns),
            expected=_OFFICIAL[name],
            place=", ".join(map(column_letter, columns)),
        )
        for name, columns in header.repeated.items()
    ]
    return [*missing, *ambiguous, *_unknown(header, meant, centre)]


def _unknown(header: Header, meant: Mapping[int, str], centre: Centre) -> list[RaisedFinding]:
    if not header.unknown:
        return []
    found = "; ".join(header.unknown.values())
    place = ", ".join(map(column_letter, header.unknown))
    proposed = "; ".join(f"“{header.unknown[column]}” → “{_OFFICIAL[name]}”" for column, name in meant.items())
    return [RaisedFinding(FindingCode.COLUMN_UNKNOWN, centre.code, found=found, expected=proposed or None, place=place)]


def about_hidden_columns(sheet: SheetCells, header: Header, centre: Centre) -> list[RaisedFinding]:
    """Columns that are read and that people do not see."""
    columns = {*header.columns.values(), *(column for columns in header.parts.values() for column in columns)}
    hidden = sorted(sheet.hidden_columns & columns)
    if not hidden:
        return []
    found = "; ".join(header.texts[column] for column in hidden)
    place = ", ".join(map(column_letter, hidden))
    return [RaisedFinding(FindingCode.COLUMN_HIDDEN, centre.code, found=found, place=place)]


def about_units(sheet: SheetCells, header: Header, rows: TableRows, centre: Centre) -> list[RaisedFinding]:
    """Money columns that are not in đồng."""
    return [
        RaisedFinding(
            FindingCode.COLUMN_UNIT,
            centre.code,
            column_name=foreign.field,
            found=foreign.place.text,
            expected=_OFFICIAL[foreign.field],
            place=foreign.place.cell,
        )
        for foreign in foreign_units(sheet, header, rows.people)
    ]


def about_title(
    lines: Sequence[str], centre: Centre, month: date, all_centres: Collection[Centre] | CentreNames
) -> list[RaisedFinding]:
    """A title that names another month or another centre."""
    findings = []
    months = months_stated(lines)
    if months and month not in months:
        found = ", ".join(f"{each:%m/%Y}" for each in sorted(months))
        findings.append(RaisedFinding(FindingCode.WRONG_MONTH, centre.code, found=found, expected=f"{month:%m/%Y}"))
    other = other_centre_stated(lines, centre, all_centres)
    if other is not None:
        findings.append(RaisedFinding(FindingCode.WRONG_CENTRE, centre.code, found=other.name, expected=centre.name))
    return findings


def about_rows(sheet: SheetCells, rows: TableRows, centre: Centre) -> list[RaisedFinding]:
    """A printed total that disagrees, a table without people, people in hidden rows."""
    numbers = [sheet.row_numbers[index] for index in rows.people]
    hidden = [number for number in numbers if number in sheet.hidden_rows]
    findings = []
    wrong = mismatch(rows.totals, people=len(numbers), visible=len(numbers) - len(hidden), has_groups=rows.has_groups)
    if wrong is not None:
        place = f"{column_letter(wrong.column)}{wrong.row_number}"
        counted = str(len(numbers))
        findings.append(
            RaisedFinding(
                FindingCode.TOTAL_MISMATCH, centre.code, found=str(wrong.count), expected=counted, place=place
            )
        )
    if not numbers:
        findings.append(RaisedFinding(FindingCode.NO_ROWS, centre.code, place=sheet.name))
    if hidden:
        found, place = str(len(hidden)), ", ".join(map(str, hidden))
        findings.append(RaisedFinding(FindingCode.HIDDEN_ROWS, centre.code, found=found, place=place))
    return findings
