"""The container of an xls file (OLE2): its workbook's stream, without what xlrd cannot follow or follows without end.

Programs that write xls take liberties that Excel, LibreOffice and calamine pass over: PHPExcel counts a sector twice,
others name the stream `WORKBOOK`, announce more shared strings than there are, or leave a relative area in a defined
name. Defined names and links to other files are nobody's business here; they are blotted out before xlrd sees them.
"""

import struct
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from io import StringIO

from xlrd.book import unpack_SST_table
from xlrd.compdoc import CompDoc

from ioc_etl.adapters.office_zip import DAMAGED
from ioc_etl.errors import UnreadableFileError

_STREAM_NAMES = ("workbook", "book")
_SIGNATURES = (b"\xd0\xcf\x11\xe0", b"PK")
_NAMES_AND_LINKS = frozenset({0x17, 0x18, 0x23, 0x1AE})
_SHARED_STRINGS, _CONTINUED, _END = 0xFC, 0x3C, 0x0A
_NOBODYS_RECORD = 0x7FFE
_LEAST_BYTES_OF_A_STRING = 3


def workbook_stream(data: bytes) -> bytes:
    """The stream that holds the workbook, as xlrd can read it alone.

    Raises:
        UnreadableFileError: the file holds none, its small streams are chained in a circle, or the stream is itself
            another container.
        CompDocError: the container is damaged in another way, and whatever else xlrd raises then.
    """
    container = CompDoc(data, logfile=StringIO(), ignore_workbook_corruption=True)
    if _runs_in_a_circle(container.SSAT):
        raise UnreadableFileError(DAMAGED)
    names = {node.name.lower(): node.name for node in reversed(container.dirlist) if node.etype == 2}
    name = next((names[each] for each in _STREAM_NAMES if each in names), None)
    if name is None:
        raise UnreadableFileError(DAMAGED)
    memory, begin, length = container.locate_named_stream(name)
    stream = bytearray(memory[begin : begin + length] if memory else b"")
    if not stream or stream.startswith(_SIGNATURES):
        raise UnreadableFileError(DAMAGED)
    _blot_out_names(stream)
    return bytes(stream)


def with_true_count(stream: bytes) -> bytes | None:
    """The stream with its shared strings counted anew, where it announces more than it holds; None where it does not.

    Raises:
        UnicodeDecodeError, struct.error: the strings are damaged.
    """
    out = bytearray(stream)
    for place, kind, length in _records(out):
        if kind != _SHARED_STRINGS:
            continue
        pieces = [bytes(out[place + 4 : place + 4 + length])]
        for further, kind_of_further, length_of_further in _records(out, place + 4 + length):
            if kind_of_further != _CONTINUED:
                break
            pieces.append(bytes(out[further + 4 : further + 4 + length_of_further]))
        (announced,) = struct.unpack_from("<i", out, place + 8)
        most = min(announced, sum(map(len, pieces)) // _LEAST_BYTES_OF_A_STRING)
        held = bisect_left(range(1, most + 1), 1, key=lambda count: _is_too_many(pieces, count))
        if not 0 < held < announced:
            return None
        struct.pack_into("<i", out, place + 8, held)
        return bytes(out)
    return None


def _is_too_many(pieces: Sequence[bytes], count: int) -> int:
    try:
        unpack_SST_table(pieces, count)
    except (AssertionError, IndexError, struct.error):
        return 1
    return 0


def _blot_out_names(stream: bytearray) -> None:
    for place, kind, _ in _records(stream):
        if kind in _NAMES_AND_LINKS:
            struct.pack_into("<H", stream, place, _NOBODYS_RECORD)


def _records(stream: bytearray, place: int = 0) -> Iterator[tuple[int, int, int]]:
    """The records of the workbook as a whole, before those of its sheets: where each is, its kind and its length."""
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        yield place, kind, length
        if kind == _END:
            return
        place += 4 + length


def _runs_in_a_circle(following: Sequence[int]) -> bool:
    """Whether a chain comes back to itself. An entry names the next one; one that is out of range ends a chain."""
    walk_of: dict[int, int] = {}
    for start in range(len(following)):
        place = start
        while 0 <= place < len(following) and walk_of.setdefault(place, start) == start:
            if following[place] == place or walk_of.get(following[place]) == start:
                return True
            place = following[place]
    return False
