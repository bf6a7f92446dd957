"""A CSV file from an Apple or web office: BOM, semicolons, decomposed letters (NFD), short names of departments."""

import csv
import unicodedata
from io import StringIO

from ioc_etl.demo.cells import as_text
from ioc_etl.demo.roster import Roster
from ioc_etl.reports.safe_text import safe_text
from schemas.columns import OFFICIAL_HEADERS, ROSTER_FIELDS

_FIELDS = tuple(name for name in ROSTER_FIELDS if name not in {"coefficient", "note"})
_SHORT_NAMES = {
    "Công an tỉnh": "CA tỉnh",
    "Sở Thông tin và Truyền thông": "Sở TT&TT",
    "Sở Kế hoạch và Đầu tư": "Sở KH&ĐT",
    "Phòng Văn hóa và Thông tin": "Phòng VH&TT",
    "Văn phòng HĐND và UBND": "VP HĐND-UBND",
}


def decomposed_csv(roster: Roster, *, delimiter: str = ";") -> bytes:
    """The roster as UTF-8 with BOM; hidden rows do not exist in a CSV file and are left out."""
    buffer = StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([OFFICIAL_HEADERS[name] for name in _FIELDS])
    for row in roster.rows:
        if row.is_hidden:
            continue
        texts = [as_text(getattr(row, name)) or "" for name in _FIELDS]
        writer.writerow([safe_text(_SHORT_NAMES.get(text, text)) for text in texts])
    return ("\ufeff" + unicodedata.normalize("NFD", buffer.getvalue())).encode()
