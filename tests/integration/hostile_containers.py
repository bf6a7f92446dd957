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
    sectors: list[bytes] = []
    chain: list[int] = []
    starts: dict[str, int] = {}
    entries = 1 + len(streams)
    directory_sectors = -(-entries // 4)
    first = 1 + directory_sectors
    for name, content in streams.items():
        padded = content.ljust(max(4096, len(content)), b"\0")
        count = -(-len(padded) // SECTOR)
        starts[name] = first + len(sectors)
        chain += [first + len(sectors) + n + 1 for n in range(count - 1)] + [END]
        sectors += [padded[n * SECTOR : (n + 1) * SECTOR].ljust(SECTOR, b"\0") for n in range(count)]
    fat = [FAT, *[n + 2 for n in range(directory_sectors - 1)], END, *chain]
    directory = [_entry("Root Entry", kind=5, child=1, start=END, size=0)]
    names = list(streams)
    for number, name in enumerate(names, start=1):
        right = number + 1 if number < len(names) else FREE
        size = max(4096, len(streams[name]))
        directory.append(_entry(name, kind=2, child=FREE, right=right, start=starts[name], size=size))
    directory += [bytes(128)] * (4 * directory_sectors - entries)
    header = struct.pack(
        "<8s16x5H6x9L", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0
    )
    locators = struct.pack("<109L", 0, *[FREE] * 108)
    table = struct.pack("<128L", *fat, *[FREE] * (128 - len(fat)))
    return header + locators + table + b"".join(directory) + b"".join(sectors)


def _entry(name: str, *, kind: int, child: int, start: int, size: int, right: int = FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBBLLL16xL16xLQ", text, len(text), kind, 1, FREE, right, child, 0, start, size)
