"""How a process and its killable children speak: frames of a kind, a length and so many bytes.

Parent to child: SETUP (what the work needs to know), BATCH (how many pieces follow), PIECE. A child takes the whole
batch before it answers, so that the two never wait for each other. Child to parent: READY (started, or set up), ANSWER
(one for each piece, in their order), FAULT (the last word of a child that fails: what failed where, no values).
"""

import struct
from typing import BinaryIO

SETUP, BATCH, PIECE = b"S", b"B", b"P"
READY, ANSWER, FAULT = b"R", b"A", b"F"
TOO_LARGE = b"!"
"""What is read instead of a frame that is larger than allowed; nothing after it can be read."""

OUT_OF_MEMORY = 99
"""Exit code of a child that reached its memory limit."""

_HEAD = struct.Struct(">cQ")
_COUNT = struct.Struct(">Q")


def framed(kind: bytes, content: bytes = b"") -> bytes:
    """One frame as it is sent."""
    return _HEAD.pack(kind, len(content)) + content


def batch(pieces: list[bytes]) -> bytes:
    """Pieces as they are sent together."""
    return b"".join([framed(BATCH, _COUNT.pack(len(pieces))), *(framed(PIECE, piece) for piece in pieces)])


def batch_size(content: bytes) -> int:
    """How many pieces a batch has."""
    return int(_COUNT.unpack(content)[0])


def read_frame(stream: BinaryIO, *, max_bytes: int) -> tuple[bytes, bytes] | None:
    """The next frame's kind and content; None when the other side is gone."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    if length > max_bytes:
        return TOO_LARGE, b""
    content = stream.read(length)
    return (kind, content) if len(content) == length else None
