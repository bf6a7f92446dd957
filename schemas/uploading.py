"""How a run notes the files that were still being written when it pulled: among the files it did not read.

A file's name holds no slash, so such a note is never the name of a file that belongs to nobody.
"""

_MARK = "uploading"


def noted(centre_code: str, file_name: str) -> str:
    """The note of one file of a centre."""
    return f"{_MARK}/{centre_code}/{file_name}"


def of_note(note: str) -> tuple[str, str] | None:
    """The centre code and the file's name that a note holds; None for the name of a file that belongs to nobody."""
    mark, _, rest = note.partition("/")
    centre_code, slash, file_name = rest.partition("/")
    return (centre_code, file_name) if mark == _MARK and slash else None
