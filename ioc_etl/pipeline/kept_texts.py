"""What people write and the database keeps for good: reasons and full names, before they are taken."""

import unicodedata

from ioc_etl.core.text import holds_id
from ioc_etl.errors import UsageError

_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that make a line read otherwise than it is written."""
_UNSEEN = ("C", "Z", "M")


def refuse_bad_reason(reason: str) -> None:
    """Raises: UsageError when a reason says nothing, holds control characters, or a number as long as an ID's."""
    if not _is_seen(reason):
        raise UsageError("give a reason with --reason", "hãy ghi lý do với --reason")
    if _has_controls(reason):
        raise UsageError(
            "a reason is one line without control characters: write it anew",
            "lý do là một dòng, không có ký tự điều khiển: hãy ghi lại",
        )
    if holds_id(reason):
        raise UsageError(
            "a reason holds no ID and no account, it is kept for good: leave out the number of 9 digits or more, "
            "or write an amount with its dots",
            "lý do được lưu mãi, không ghi số căn cước hay số tài khoản: hãy bỏ dãy từ 9 chữ số trở lên, "
            "số tiền thì ghi có dấu chấm",
        )


def refuse_bad_paper(number: str) -> None:
    """Raises: UsageError when a paper's number says nothing, holds control characters, or is as long as an ID."""
    if not _is_seen(number) or _has_controls(number) or holds_id(number):
        raise UsageError(
            "write the number of the paper after --paper, on one line, as 15/QĐ-STC; it holds no ID and no account",
            "hãy ghi số văn bản sau --paper, trên một dòng, như 15/QĐ-STC; không ghi số căn cước hay số tài khoản",
        )


def refuse_bad_full_name(full_name: str) -> None:
    """Raises: UsageError when a name says nothing or holds control characters."""
    if not _is_seen(full_name):
        raise UsageError("whose account is it? say so with --full-name")
    if _has_controls(full_name):
        raise UsageError("a full name is one line without control characters: write it anew")


def _is_seen(text: str) -> bool:
    return any(not unicodedata.category(character).startswith(_UNSEEN) for character in text)


def _has_controls(text: str) -> bool:
    return any(
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _DIRECTIONS for character in text
    )
