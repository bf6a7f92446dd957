"""Bytes of an office file -> its cells as text. A file is what its bytes are, not what its name says.

Pure of any state, so that it can run in a process of its own that may be killed.
Source: rulebook, close readings 1, 2 and 4; section 5.
"""

import re
from itertools import chain

from ioc_etl.adapters.csv_cells import csv_workbook
from ioc_etl.adapters.ods_cells import ods_workbook
from ioc_etl.adapters.office_limits import MAX_LINES, check_longest
from ioc_etl.adapters.office_zip import DAMAGED, OfficeZip
from ioc_etl.adapters.xls_cells import xls_workbook
from ioc_etl.adapters.xlsx_cells import xlsx_workbook
from ioc_etl.errors import UnreadableFileError
from schemas.sheet_cells import WorkbookCells

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    (re.compile(rb"%PDF"), "tệp là PDF"),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8"), "tệp là hình ảnh"),
    (re.compile(rb"\{\\rtf"), "tệp là văn bản RTF"),
    (re.compile(rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|table|meta|style)"), "tệp là trang web (HTML)"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml"), "tệp là XML, không phải .xlsx"),
    (re.compile(rb"Rar!|7z\xbc\xaf|\x1f\x8b"), "tệp là tệp nén"),
)
"""Kinds of file that are sent by mistake and would else be taken for text."""
_EMPTY = "tệp rỗng"


def read_cells(data: bytes, *, max_bytes: int | None = None, max_rows: int = MAX_LINES) -> WorkbookCells:
    """Every sheet of an xlsx, xlsm, xls, ods or CSV file (`schemas.sheet_cells`); hidden ones too, charts not.

    `max_bytes` bounds the file itself, `max_rows` the rows of a CSV file, which may have more than a sheet can; what a
    file may unfold to is bounded always (`office_limits`).

    Raises:
        UnreadableFileError: no office file, damaged, password-protected, or beyond the limits; the message says which,
            in Vietnamese, as the finding tells it.
        LegacyEncodingError: written in TCVN3, VNI or Windows-1258; the message names it.
    """
    book = _book(data, max_bytes, max_rows)
    check_longest(chain.from_iterable(chain.from_iterable(sheet.rows for sheet in book.sheets)))
    return book


def _book(data: bytes, max_bytes: int | None, max_rows: int) -> WorkbookCells:
    if not data.strip(b"\0 \r\n\t"):
        raise UnreadableFileError(_EMPTY)
    if max_bytes is not None and len(data) > max_bytes:
        raise UnreadableFileError(f"tệp có {len(data)} byte, nhiều nhất là {max_bytes}")
    if data.startswith(_ZIP):
        return _zipped(OfficeZip(data))
    if data.startswith(_OLE2):
        return xls_workbook(data)
    for signature, what in _OTHERS:
        if signature.match(data):
            raise UnreadableFileError(what)
    return csv_workbook(data, max_rows=max_rows)


def _zipped(archive: OfficeZip) -> WorkbookCells:
    names = archive.names
    if "content.xml" in names and "xl/workbook.xml" not in names:
        return ods_workbook(archive)
    if any(name.endswith("workbook.bin") for name in names):
        raise UnreadableFileError("tệp là .xlsb; hãy lưu lại dạng .xlsx")
    if "[content_types].xml" not in names:
        raise UnreadableFileError("tệp nén không phải là bảng tính" if names else DAMAGED)
    return xlsx_workbook(archive)
