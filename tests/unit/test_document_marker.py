"""The marker among a document's properties: found where it is, and nothing else there changes a file's reading."""

from io import BytesIO
from pathlib import Path

import pytest
from odf.meta import UserDefined
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from ioc_etl.adapters.workbooks import read_cells
from schemas.marker import PROPERTY
from tests.unit.office_files import raw_xlsx

OFFICE = Path(__file__).parents[1] / "golden" / "office"
SHEET = '<worksheet {ns}><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
PROPERTIES = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">{0}</Properties>'
)
OURS = f'<property fmtid="{{}}" pid="2" name="{PROPERTY}"><vt:lpwstr>the marker</vt:lpwstr></property>'
OTHER = '<property fmtid="{}" pid="3" name="Phòng"><vt:lpwstr>Văn phòng</vt:lpwstr></property>'


def xlsx_with(custom: str) -> bytes:
    return raw_xlsx(SHEET, **{"docProps__custom.xml": custom})


def test_the_marker_is_found_among_other_properties() -> None:
    assert read_cells(xlsx_with(PROPERTIES.format(OTHER + OURS))).marker == "the marker"


@pytest.mark.parametrize(
    "custom",
    [
        PROPERTIES.format(OTHER),
        PROPERTIES.format(OURS.replace("the marker", " ")),
        "",
        "<Properties",
        "no xml at all",
        f'<!DOCTYPE x [<!ENTITY e "boom">]>{PROPERTIES.format(OURS)}',
        PROPERTIES.format(OURS + " " * 300_000),
    ],
    ids=["another", "blank", "empty", "cut off", "text", "entities", "too large"],
)
def test_a_file_without_a_readable_marker_is_read_as_ever(custom: str) -> None:
    book = read_cells(xlsx_with(custom))
    assert book.marker is None
    assert book.sheets[0].rows == [["1"]]


def test_the_marker_is_found_in_an_ods_file() -> None:
    book = OpenDocumentSpreadsheet()
    book.meta.addElement(UserDefined(name="Khác", text="x"))
    book.meta.addElement(UserDefined(name=PROPERTY, text="the marker"))
    table, row, cell = Table(name="T"), TableRow(), TableCell(valuetype="string")
    cell.addElement(P(text="một"))
    row.addElement(cell)
    table.addElement(row)
    book.spreadsheet.addElement(table)
    out = BytesIO()
    book.save(out)
    assert read_cells(out.getvalue()).marker == "the marker"


@pytest.mark.parametrize("name", ["mended-by-libreoffice.xlsx", "mended-by-libreoffice.ods"])
def test_libreoffice_keeps_the_marker(name: str) -> None:
    marker = read_cells((OFFICE / name).read_bytes()).marker
    assert marker is not None
    assert marker.endswith(" 2022-02 dong-xoai")


@pytest.mark.parametrize("name", ["saved-by-libreoffice.xlsx", "saved-by-libreoffice.ods", "saved-by-libreoffice.xls"])
def test_an_ordinary_file_has_none(name: str) -> None:
    assert read_cells((OFFICE / name).read_bytes()).marker is None
