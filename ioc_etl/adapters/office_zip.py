"""The parts of a zipped office file, inflated under a limit.

Sizes in a zip are claims: every part is inflated by us, never further than what is left of the limit, and must be
whole (length and checksum).
"""

import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from ioc_etl.adapters.office_limits import MAX_INFLATED_BYTES, MAX_PARTS
from ioc_etl.errors import UnreadableFileError

DAMAGED = "tệp bị hỏng hoặc bị cắt cụt"
LOCKED = "tệp có mật khẩu"
_TOO_MUCH = f"nội dung giải nén quá lớn, nhiều nhất là {MAX_INFLATED_BYTES // 1024 // 1024} MiB"
_ENCRYPTED_FLAG = 0x1
_LOCAL_HEADER_BYTES = 30


class OfficeZip:
    """A zip's parts by name. Names compare without regard to case, and a backslash is a slash, as in Excel.

    Raises:
        UnreadableFileError: the bytes are no whole zip, or it has more parts than any office file.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = MAX_INFLATED_BYTES
        try:
            with ZipFile(BytesIO(data)) as archive:
                entries = archive.infolist()
        except (BadZipFile, ValueError, NotImplementedError, struct.error, LookupError, OSError) as error:
            raise UnreadableFileError(DAMAGED) from error
        self._parts = {_key(entry.filename): entry for entry in entries}
        if len(entries) > MAX_PARTS:
            raise UnreadableFileError(f"có {len(entries)} phần, nhiều nhất là {MAX_PARTS}")
        if len(self._parts) != len(entries):
            raise UnreadableFileError(DAMAGED)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and _key(name) in self._parts

    @property
    def names(self) -> frozenset[str]:
        """Every part's name, in lower case."""
        return frozenset(self._parts)

    def read(self, name: str) -> bytes:
        """The part's bytes.

        Raises:
            UnreadableFileError: there is no such part, it is encrypted, damaged, or beyond the limit.
        """
        entry = self._parts.get(_key(name))
        if entry is None:
            raise UnreadableFileError(DAMAGED)
        if entry.flag_bits & _ENCRYPTED_FLAG:
            raise UnreadableFileError(LOCKED)
        if entry.file_size > self._left:
            raise UnreadableFileError(_TOO_MUCH)
        content = self._inflated(entry)
        if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
            raise UnreadableFileError(DAMAGED)
        self._left -= len(content)
        return content

    def _inflated(self, entry: ZipInfo) -> bytes:
        start = entry.header_offset
        header = self._data[start : start + _LOCAL_HEADER_BYTES]
        if len(header) < _LOCAL_HEADER_BYTES or start < 0:
            raise UnreadableFileError(DAMAGED)
        name_length, extra_length = struct.unpack_from("<HH", header, 26)
        begin = start + _LOCAL_HEADER_BYTES + name_length + extra_length
        stored = self._data[begin : begin + entry.compress_size]
        if entry.compress_type == ZIP_STORED:
            return stored
        if entry.compress_type != ZIP_DEFLATED:
            raise UnreadableFileError(DAMAGED)
        try:
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(stored, entry.file_size + 1)
        except zlib.error as error:
            raise UnreadableFileError(DAMAGED) from error


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
