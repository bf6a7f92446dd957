"""Zips and OLE2 files made byte by byte: parts that are never held whole, sizes that lie, a directory of streams."""

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


@dataclass(frozen=True)
class Streamed:
    """A part of a zip that is written piece by piece."""

    pieces: Iterator[bytes]


def zipped_stream(pieces: Iterable[bytes]) -> Streamed:
    """A part too large to be held."""
    return Streamed(iter(pieces))


def zip_with(data: bytes, parts: Mapping[str, bytes | Streamed], *, without: tuple[str, ...] = ()) -> bytes:
    """The zip with other or further parts."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as archive, ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as copy:
        for name in archive.namelist():
            if name not in parts and name not in without:
                copy.writestr(name, archive.read(name))
        for name, part in parts.items():
            if isinstance(part, Streamed):
                with copy.open(name, "w", force_zip64=True) as target:
                    for piece in part.pieces:
                        target.write(piece)
            else:
                copy.writestr(name, part)
    return out.getvalue()


def lying_zip(data: bytes, name: str, *, says: int) -> bytes:
    """The zip whose directory says that a part is so small."""
    out = bytearray(data)
    place = out.rindex(b"PK\x01\x02", 0, out.rindex(name.encode()))
    struct.pack_into("<L", out, place + 24, says)
    return bytes(out)


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """An OLE2 file of these streams, as its format has it: header, one sector of FAT, a directory, the streams."""
    directory_sectors = -(-(1 + len(streams)) // 4)
    first = 1 + directory_sectors
    sectors: list[bytes] = []
    chain: list[int] = []
    entries = [_entry("Root Entry", kind=5, child=1, start=END, size=0)]
    for number, (name, content) in enumerate(streams.items(), start=1):
        padded = content.ljust(4096, b"\0")
        start, count = first + len(sectors), -(-len(padded) // SECTOR)
        right = number + 1 if number < len(streams) else FREE
        entries.append(_entry(name, kind=2, start=start, size=len(padded), right=right))
        chain += [*range(start + 1, start + count), END]
        sectors += [padded[n * SECTOR : (n + 1) * SECTOR].ljust(SECTOR, b"\0") for n in range(count)]
    fat = [FAT, *range(2, directory_sectors + 1), END, *chain]
    return _header() + _table(fat) + _directory(entries) + b"".join(sectors)


def doubling_directory(depth: int) -> bytes:
    """An OLE2 file whose directory is walked 2 to the power of `depth` times by whoever walks it as a tree."""
    entries = [_entry("Root Entry", kind=5, child=1, start=END, size=0)]
    entries += [_entry("Workbook", kind=2, start=END, size=0, left=n + 1, right=n + 1) for n in range(1, depth)]
    entries += [_entry("Workbook", kind=2, start=END, size=0)]
    directory = _directory(entries)
    return _header() + _table([FAT, *range(2, len(directory) // SECTOR + 1), END]) + directory


def circle_of_small_sectors(data: bytes, stream: str) -> bytes:
    """An OLE2 file with one stream whose small sectors name each other."""
    out = bytearray(compound_file({stream: data}))
    table, directory = len(out) // SECTOR - 1, SECTOR * 2
    struct.pack_into("<L", out, 56, len(data) + 10 * SECTOR)
    struct.pack_into("<LL", out, 60, table, 1)
    struct.pack_into("<L", out, SECTOR + 4 * table, END)
    struct.pack_into("<LQ", out, directory + 116, 2, 4096)
    struct.pack_into("<L", out, directory + 128 + 116, 0)
    return bytes(out) + _table([1, 0])


def _header() -> bytes:
    numbers = (0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0)
    start = struct.pack("<8s16x5H6x9L", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", *numbers)
    return start + struct.pack("<109L", 0, *[FREE] * 108)


def _table(following: list[int]) -> bytes:
    return struct.pack("<128L", *following, *[FREE] * (128 - len(following)))


def _directory(entries: list[bytes]) -> bytes:
    return b"".join(entries) + bytes(128 * (-len(entries) % 4))


def _entry(
    name: str, *, kind: int, start: int, size: int, child: int = FREE, left: int = FREE, right: int = FREE
) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBBLLL16xL16xLQ", text, len(text), kind, 1, left, right, child, 0, start, size)
