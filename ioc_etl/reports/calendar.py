"""How a centre's month is written in a calendar: the letters that finance knows, and what stands beside them."""

from collections.abc import Mapping

LETTERS: Mapping[str, str] = {
    "missing": "T",
    "refused": "L",
    "draft": "N",
    "submitted": "G",
    "approved": "D",
    "exported": "X",
    "paid": "C",
    "empty": "–",
    "unrun": "·",
}
"""Thiếu, lỗi, nháp, gửi duyệt, duyệt, xuất, chi; nothing due, never run."""

ADJUSTED = "Đ"
"""Điều chỉnh: there are arrears or recoveries beside."""


def letter_of(state: str, *, is_adjusted: bool, held_rows: int, is_offer_refused: bool) -> str:
    """`N 2 !`: a draft, two held rows, a new file that was refused while an older one is in force."""
    is_older_in_force = is_offer_refused and state != "refused"
    marks = (ADJUSTED if is_adjusted else "", str(held_rows or ""), "!" if is_older_in_force else "")
    return " ".join((LETTERS[state], *(mark for mark in marks if mark)))
