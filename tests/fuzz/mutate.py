"""One file -> a file that is nearly the same: bytes, parts of a zip, elements of XML, cells of a CSV."""

import re
import struct
import zlib
from collections.abc import Callable, Sequence
from io import BytesIO
from random import Random
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

Mutator = Callable[[Random, bytes], bytes]

_BROKEN_ZIP = (
    BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    ValueError,
    NotImplementedError,
    EOFError,
    LookupError,
    RuntimeError,
)
_TAG = re.compile(rb"<[^<>]*>")
_VALUE = re.compile(rb'"[^"<>]*"')
_TEXT = re.compile(rb">([^<>]+)<")
_STRANGE = [
    b"",
    b"0",
    b"-1",
    b"1e999",
    b"-1E-999",
    b"1.7976931348623157E+308",
    b"NaN",
    b"9" * 20,
    b"9" * 5000,
    b"1048576",
    b"1048577",
    b"4294967296",
    b"2958466",
    b"0.5",
    b"60",
    b"XFD1048576",
    b"A0",
    b"A1:XFD1048576",
    b"AAAA1",
    "٣".encode(),
    "²".encode(),
    "𝟙".encode(),
    b"_x0000__xD800__x005F_",
    b"&#0;&#55296;&#x110000;&amp;&bogus;",
    b"\x00",
    b"\x01\x0b\x1f",
    b"\xed\xa0\x80",
    b"\xff",
    b"\xef\xbf\xbf",
    b"#REF!",
    b"true",
    "Họ và tên".encode(),
    "Tổng cộng: 9 người".encode(),
    "Tháng 13 năm 2022".encode(),
    "ngày ".encode() * 300,
    b"a" * 140_000,
    b'"',
    b"'",
    b"]]>",
    b"<!DOCTYPE x>",
    b"<!--",
    b"<![CDATA[",
]
_STRUCTURE = [b'r="1"', b'hidden="1"', b't="s"', b't="inlineStr"', b's="99"', b'ht="0"', b'xmlns:a="b"', b'a:r="A1"']
_SIGNS = [b'"', b";", b",", b"\t", b"\n", b"\r", b"'", b"=", b"\xef\xbb\xbf", b"\xff\xfe", b"\0", b"sep=|\n", b'=""']


def mutated(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A mutant of the file; `others` lend pieces of theirs."""
    for _ in range(random.choice((1, 1, 1, 2, 4, 12))):
        data = _one(random, data, others)
    return data


def _one(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    if data[:2] == b"PK" and random.random() < 0.85:
        return in_a_part(random, data)
    if data[:4] == b"\xd0\xcf\x11\xe0":
        return random.choice((in_bytes, in_bytes, in_words))(random, data)
    if data[:2] != b"PK" and random.random() < 0.6:
        return in_text(random, data)
    return spliced(random, data, random.choice(others)) if random.random() < 0.1 else in_bytes(random, data)


def in_bytes(random: Random, data: bytes) -> bytes:
    """Some bytes are others, gone, doubled, or all that follows is."""
    if not data:
        return random.choice(_STRANGE)
    out, place = bytearray(data), random.randrange(len(data))
    way = random.randrange(6)
    if way == 0:
        out[place] = random.randrange(256)
    elif way == 1:
        out[place] ^= 1 << random.randrange(8)
    elif way == 2:
        del out[place : place + random.choice((1, 2, 16, 512))]
    elif way == 3:
        out[place:place] = out[place : place + random.choice((1, 8, 256))]
    elif way == 4:
        out[place:place] = random.choice(_STRANGE)
    else:
        del out[place:]
    return bytes(out)


def in_words(random: Random, data: bytes) -> bytes:
    """A number of two or four bytes is an absurd one."""
    if len(data) < 8:
        return in_bytes(random, data)
    out, size = bytearray(data), random.choice((2, 4))
    place = random.randrange(len(out) - size) & ~1
    number = random.choice((0, 1, 2**15 - 1, 2**16 - 1, 2**31 - 1, 2**32 - 2, 2**32 - 1, random.randrange(1000)))
    out[place : place + size] = (number % 2 ** (8 * size)).to_bytes(size, "little")
    return bytes(out)


def spliced(random: Random, data: bytes, other: bytes) -> bytes:
    """The beginning of one file and the end of another."""
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other) + 1) :]


def in_a_part(random: Random, data: bytes) -> bytes:
    """A part of the zip is a mutant, gone, twice there, or has another's name."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = [(name, archive.read(name)) for name in archive.namelist()]
    except _BROKEN_ZIP:
        return in_bytes(random, data)
    if not parts:
        return in_bytes(random, data)
    place = random.randrange(len(parts))
    name, part = parts[place]
    way = random.random()
    if way < 0.9:
        parts[place] = (name, in_xml(random, part) if random.random() < 0.9 else in_bytes(random, part))
    elif way < 0.93:
        del parts[place]
    elif way < 0.96:
        parts[place] = (random.choice(parts)[0], part)
    else:
        parts[place] = (random.choice((name + "x", "/" + name, "../" + name, name.upper())), part)
    return timeless_zip(parts)


def timeless_zip(parts: Sequence[tuple[str, bytes]]) -> bytes:
    """A zip of these parts, of two with one name the first; the same bytes whenever it is written."""
    out, names = BytesIO(), set()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts:
            if name not in names:
                names.add(name)
                archive.writestr(ZipInfo(name), part, ZIP_DEFLATED)
    return out.getvalue()


def in_xml(random: Random, part: bytes) -> bytes:
    """Elements are gone, doubled, moved, nested; attributes and texts are strange."""
    ways = (_strange_value, _strange_value, _strange_text, _element_gone, _element_doubled, _tags_swapped, _structure)
    return random.choice(ways)(random, part)


def _replaced(random: Random, part: bytes, pattern: re.Pattern[bytes], change: Callable[[bytes], bytes]) -> bytes:
    found = list(pattern.finditer(part))
    if not found:
        return in_bytes(random, part)
    match = random.choice(found)
    start, end = match.span(match.lastindex or 0)
    return part[:start] + change(part[start:end]) + part[end:]


def _strange_value(random: Random, part: bytes) -> bytes:
    return _replaced(random, part, _VALUE, lambda _: b'"' + random.choice(_STRANGE) + b'"')


def _strange_text(random: Random, part: bytes) -> bytes:
    return _replaced(random, part, _TEXT, lambda _: random.choice(_STRANGE))


def _element_gone(random: Random, part: bytes) -> bytes:
    return _replaced(random, part, _TAG, lambda _: b"")


def _element_doubled(random: Random, part: bytes) -> bytes:
    times = random.choice((2, 2, 3, 300))
    return _replaced(random, part, _TAG, lambda tag: tag * times)


def _tags_swapped(random: Random, part: bytes) -> bytes:
    tags = [match.span() for match in _TAG.finditer(part)]
    if len(tags) < 2:
        return in_bytes(random, part)
    (a, b), (c, d) = sorted(random.sample(tags, 2))
    return part[:a] + part[c:d] + part[b:c] + part[a:b] + part[d:]


def _structure(random: Random, part: bytes) -> bytes:
    return _replaced(random, part, _TAG, lambda tag: tag[:-1] + b" " + random.choice(_STRUCTURE) + b">")


def in_text(random: Random, data: bytes) -> bytes:
    """Delimiters, quotes and line ends come and go; lines and cells are doubled, moved, strange."""
    lines = data.split(b"\n")
    place = random.randrange(len(lines))
    way = random.randrange(6)
    if way == 0:
        return data.replace(random.choice(_SIGNS[:6]), random.choice(_SIGNS[:6]), random.choice((1, 5, -1)))
    if way == 1:
        at = random.randrange(len(data) + 1)
        return data[:at] + random.choice(_SIGNS) + data[at:]
    if way == 2:
        lines[place:place] = [lines[place]] * random.choice((1, 2, 50))
    elif way == 3:
        other = random.randrange(len(lines))
        lines[place], lines[other] = lines[other], lines[place]
    elif way == 4:
        cells = re.split(rb"([;,\t])", lines[place])
        cells[random.randrange(len(cells))] = random.choice(_STRANGE)
        lines[place] = b"".join(cells)
    else:
        return random.choice(_SIGNS) + data
    return b"\n".join(lines)
