"""What single cells say: dates, IDs, money. Plain readings of rulebook sections 4 and 5."""

import re
from datetime import date, datetime
from typing import Any

Cell = str | int | float | date | None


def text_of(value: Any) -> str | None:
    """A cell as text; None when empty."""
    if value is None:
        return None
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else str(value).replace(".", ",")
    text = re.sub(r"[\u00ad\u200b-\u200f\u2060\ufeff]", "", str(value)).replace("\u00a0", " ").strip()
    return text or None


def date_of(text: str) -> date | None:
    """A date of the kinds close reading 12 names."""
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    ours = re.fullmatch(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", text)
    if iso:
        year, month, day = (int(part) for part in iso.groups())
    elif ours:
        day, month, year = int(ours[1]), int(ours[3]), int(ours[4])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def bare(text: str) -> str:
    """An ID or account without spaces, dots and dashes."""
    return re.sub(r"[\s.\-\u2010-\u2015\u2212]", "", text)


def money_of(text: str) -> int | None:
    """An amount written the Vietnamese way, None when it is none."""
    number = re.sub(r"\s*(đồng|đ|vnđ|vnd)\.?$", "", text.strip().lower()).strip()
    number = re.sub(r",0+$", "", number)
    if re.fullmatch(r"\d+", number):
        return int(number)
    if re.fullmatch(r"\d{1,3}([. ]\d{3})+", number):
        return int(re.sub(r"[. ]", "", number))
    return None
