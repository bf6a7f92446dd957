"""How a run notes files of centres that it did not take, among the files it did not read.

Such were still being written when it pulled, or are older than the file in force.

A file's name holds no slash, so such a note is never the name of a file that belongs to nobody.
"""

_MARK, _OLDER = "uploading", "older"
_PARTS_OF_OLDER = 3


def noted(centre_code: str, file_name: str) -> str:
    """The note of one file of a centre."""
    return f"{_MARK}/{centre_code}/{file_name}"


def of_note(note: str) -> tuple[str, str] | None:
    """The centre code and the file's name that a note holds; None for the name of a file that belongs to nobody."""
    mark, _, rest = note.partition("/")
    centre_code, slash, file_name = rest.partition("/")
    return (centre_code, file_name) if mark == _MARK and slash else None


def noted_older(centre_code: str, file_name: str, in_force_name: str) -> str:
    """The note of a centre's file that was first seen before the one in force."""
    return f"{_OLDER}/{centre_code}/{file_name}/{in_force_name}"


def of_older_note(note: str) -> tuple[str, str, str] | None:
    """The centre code, the file's name and that of the file in force; None for any other note or name."""
    mark, *parts = note.split("/")
    if mark != _OLDER or len(parts) != _PARTS_OF_OLDER:
        return None
    centre_code, file_name, in_force_name = parts
    return centre_code, file_name, in_force_name


def is_note(name: str) -> bool:
    """Whether it is a note, not the name of a file that belongs to nobody."""
    return of_note(name) is not None or of_older_note(name) is not None
