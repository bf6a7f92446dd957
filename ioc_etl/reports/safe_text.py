"""Text of other people in files of ours: always text, never a formula.

A name or a note that begins with `=`, `+`, `-`, `@` is a formula to a spreadsheet program, and one that can reach out
of the file. Everything that comes from a roster goes through here on its way into a workbook or a CSV file.
"""

import re

from openpyxl.cell.cell import Cell

_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_SPACES_AT_START = re.compile("^[ \u00a0\u200b\ufeff]+")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def starts_a_formula(text: str) -> bool:
    """Whether a spreadsheet program could take the text for a formula (also behind white space)."""
    return _SPACES_AT_START.sub("", text).startswith(_FORMULA_STARTS)


def safe_text(text: str) -> str:
    """The text for a CSV field: an apostrophe before what could be a formula, no control characters."""
    bare = _NOT_IN_XML.sub("", text)
    return f"'{bare}" if starts_a_formula(bare) else bare


def put_text(cell: Cell, text: str | None) -> None:
    """Write text into a workbook's cell as text, whatever it looks like; None leaves the cell empty.

    The cell's type is set, so no apostrophe is needed; the quote prefix keeps it text when someone edits the cell.
    """
    if text is None:
        return
    bare = _NOT_IN_XML.sub("", text)
    cell.value = bare
    cell.data_type = "s"
    if starts_a_formula(bare):
        cell.quotePrefix = True
