"""Which known column an unknown header may mean. A question for people: nothing is ever read by it.

A header is proposed for a field when, apart from how offices abbreviate and from words that do not change what a column
is ("của cán bộ", "hưởng hỗ trợ"), it is a known header in another order of words or with a slip of the keyboard. Any
other word makes it another thing: "Hệ số lương" is no "Hệ số", "Ngày cấp CCCD" no "CCCD".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from schemas.columns import ROSTER_COLUMNS
from schemas.text import fold

_LONGEST_HEADER = 80
_ALSO_WRITTEN: Mapping[str, tuple[str, ...]] = {
    "row_no": ("Số thứ tự",),
    "citizen_id": ("Mã định danh", "Số giấy tờ tùy thân"),
    "agency": ("Nơi công tác",),
    "staff_category": ("Diện đối tượng", "Loại đối tượng"),
    "duty": ("Công việc", "Nội dung công việc"),
    "shift": ("Số ca", "Ca kíp"),
    "from_date": ("Thời gian từ",),
    "to_date": ("Thời gian đến", "Tới ngày"),
    "other_support_name": ("Chế độ khác", "Hỗ trợ khác", "Tên chế độ khác"),
    "other_support_vnd": ("Mức hỗ trợ khác", "Số tiền hỗ trợ khác", "Mức chế độ khác"),
    "note": ("Chú thích",),
}
"""Headers that a field's column is likely to have, but not so surely that it is taken by them."""

_MOST_HEADERS = 40
"""Unknown headers that are looked at: more than any office's table has, so that no sheet keeps the run busy."""

_SAME_WORDS = (
    (r"\b(?:can cuoc cong dan|chung minh nhan dan|can cuoc|cmnd|cmtnd|cmt|cccd|cc)\b", "cccd"),
    (r"\b(?:ma so|so hieu|ma)\b", "so"),
    (r"\bddcn\b", "dinh danh"),
    (r"\bdinh danh ca nhan\b", "dinh danh"),
    (r"\bs?tk\b", "so tai khoan"),
    (r"\bnh\b", "ngan hang"),
    (r"\bht\b", "hinh thuc"),
    (r"\bdvct\b", "don vi cong tac"),
    (r"\b(?:dv|dvi)\b", "don vi"),
    (r"\bcq\b", "co quan"),
    (r"\bnv\b", "nhiem vu"),
    (r"\blv\b", "lam viec"),
    (r"\bngay thang nam sinh\b", "ngay sinh"),
)
_CHANGES_NOTHING = [
    "can bo",
    "cong chuc",
    "vien chuc",
    "nhan vien",
    "chien si",
    "nguoi huong",
    "nguoi nhan",
    "nguoi lam viec",
    "thu huong",
    "duoc huong",
    "ho tro",
    "de nghi",
    "ca nhan",
    "cong tac",
    "chi nhanh",
    "ngan hang",
    "mo tai",
    "hien nay",
    "hien tai",
    "day du",
    "duoc giao",
    "duoc phan cong",
    "phan cong",
    "dam nhiem",
    "phu trach",
    "lam viec",
    "trong thang",
    "hang thang",
    "thuc hien",
    "the",
    "cccd",
    "dang ky",
]
_FILLERS = frozenset({"so", "va", "cua", "cac", "theo", "o", "hoac"})
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NO_WORD = re.compile(r"[^0-9a-z]+")
_ANOTHER_THING = re.compile(r"\b(?:luong|phu cap)\b")
_SHORTEST_FOR_A_SLIP, _SHORTEST_FOR_A_SUBSTITUTION, _SHORTEST_FOR_TWO_SLIPS = 4, 6, 12


def proposals(unknown: Mapping[int, str], known: Iterable[str]) -> dict[int, str]:
    """Column -> the field that its unknown header may mean; only fields that the table does not have (`known`)."""
    taken = set(known)
    taken |= {"work_mode", "coefficient"} if taken & {"work_mode", "coefficient"} else set()
    found = {
        column: next((name for name in similar_fields(text) if name not in taken), None)
        for column, text in islice(unknown.items(), _MOST_HEADERS)
    }
    return {column: name for column, name in found.items() if name}


@lru_cache(maxsize=4096)
def similar_fields(header: str) -> tuple[str, ...]:
    """The fields whose headers are close to this one, the closest first."""
    if len(header) > _LONGEST_HEADER or _ANOTHER_THING.search(fold(header)):
        return ()
    words = _words(header)
    measured = [(distance, known.field) for known in _KNOWN if (distance := _distance(words, known)) is not None]
    return tuple(dict.fromkeys(name for _, name in sorted(measured, key=lambda pair: pair[0])))


def _words(header: str) -> str:
    """A header as single words without accents, abbreviations written out."""
    bare = _NO_WORD.sub(" ", _IN_BRACKETS.sub(" ", fold(header))).strip()
    text = bare or _NO_WORD.sub(" ", fold(header)).strip()
    for pattern, word in _SAME_WORDS:
        text = re.sub(pattern, word, text)
    return text


@dataclass(frozen=True, slots=True)
class _KnownHeader:
    """A header of a field: its words, and the pattern of words that change nothing beside them."""

    field: str
    words: str
    idle: re.Pattern[str]

    @classmethod
    def of(cls, field: str, header: str) -> "_KnownHeader":
        """A phrase that the header has itself is not idle beside it."""
        words = _words(header)
        idle = [phrase for phrase in _CHANGES_NOTHING if not re.search(rf"\b{phrase}\b", words)]
        return cls(field, words, re.compile(rf"\b(?:{'|'.join(idle)})\b"))


_KNOWN = tuple(
    _KnownHeader.of(column.name, header)
    for column in ROSTER_COLUMNS
    for header in (column.official, *column.aliases, *_ALSO_WRITTEN.get(column.name, ()))
)


def _distance(words: str, known: _KnownHeader) -> int | None:
    """How far a header is from a known one: 0 for the same words, else slips of the keyboard; None when too far."""
    bare = " ".join(known.idle.sub(" ", words).split())
    if _telling(bare) and _telling(bare) == _telling(known.words):
        return 0
    for text in (words, bare):
        slips = _slips(text.replace(" ", ""), known.words.replace(" ", ""))
        if slips is not None:
            return slips
    return None


def _telling(words: str) -> frozenset[str]:
    return frozenset(words.split()) - _FILLERS


def _slips(written: str, meant: str) -> int | None:
    """Letters left out, doubled, wrong or in wrong order, as few as the length allows; None when there are more."""
    length = min(len(written), len(meant))
    if length < _SHORTEST_FOR_A_SLIP or abs(len(written) - len(meant)) > 2:
        return None
    slips = _edits(written, meant)
    allowed = 2 if length >= _SHORTEST_FOR_TWO_SLIPS else 1
    is_substitution = len(written) == len(meant)
    if slips > allowed or (is_substitution and length < _SHORTEST_FOR_A_SUBSTITUTION):
        return None
    return slips


def _edits(first: str, second: str) -> int:
    """The edit distance with neighbours swapped as one edit."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for place, letter in enumerate(first, start=1):
        above, row = row, [place]
        for other, wanted in enumerate(second, start=1):
            cost = min(above[other] + 1, row[-1] + 1, above[other - 1] + (letter != wanted))
            swapped = place > 1 and other > 1 and letter == second[other - 2] and first[place - 2] == wanted
            row.append(min(cost, before[other - 2] + 1) if swapped else cost)
        before = above
    return row[-1]
