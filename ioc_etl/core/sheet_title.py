"""What the lines above a table say: which month, which centre. Only a clear statement counts.

Source: rulebook section 5. A dated line ("…, ngày 28 tháng 01 năm 2022"), the letter a list goes with and an address
speak of something else.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import takewhile

from ioc_etl.core.digits import whole
from ioc_etl.policy.model import Centre
from schemas.sheet_cells import SheetCells
from schemas.text import fold, word_key
from schemas.vocabulary import CentreKind

_DATED = re.compile(r"\bngay[\s.,…_/0-9]*thang[\s.…_0-9]*(?:nam[\s.…_0-9]*|/[\s0-9]*)?")
_PLACE_AND_DATE = re.compile(r"[^,]{2,60},\s*ngay\b")
_SPEAKS_OF_OTHERS = re.compile(
    r"\(?\s*(?:kem theo|can cu|theo (?:cong van|quyet dinh|to trinh|nghi quyet|ke hoach)|kinh gui|gui|noi nhan|ban hanh"
    r"|dia chi|tru so|dien thoai|dt|email|so)\b"
)
_MONTHS_IN_WORDS = (
    ("gieng", "mot"),
    ("hai",),
    ("ba",),
    ("tu", "bon"),
    ("nam(?= nam)",),
    ("sau",),
    ("bay",),
    ("tam",),
    ("chin",),
    ("muoi",),
    ("muoi mot",),
    ("muoi hai", "chap"),
)
"""January to December as titles write them; `năm` is five only before another `năm`, the year."""
_MONTHS_IN_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_MONTH_OF_WORD = {
    re.sub(r"\(.*", "", word): number
    for number, words in enumerate(zip(_MONTHS_IN_WORDS, _MONTHS_IN_ROMAN, strict=True), start=1)
    for word in (*words[0], words[1])
}
_WORDS = "|".join(
    sorted((word for words in (*_MONTHS_IN_WORDS, _MONTHS_IN_ROMAN) for word in words), key=len, reverse=True)
)
_NUMBER = rf"(?:[0-9]{{1,2}}(?![0-9])|(?:{_WORDS})(?![0-9a-z]))"
_OF_MONTH = r"(?:\bthang|\bky\s+(?:chi|luong|thanh toan|ho tro|tra)|(?<![a-z] )\bky)\s*(?:[:.]\s*)?"
_PERIOD = r"(?<!hoc )(?<!dinh )(?<!chu )(?<!thoi )(?<!nhiem )(?<!cung )(?<!hoa )\bky\s*(?:[:.]\s*)?"
_MONTH = re.compile(
    rf"(?:{_OF_MONTH}({_NUMBER})|\bt\s*([0-9]{{1,2}}(?![0-9]))|{_PERIOD}([0-9]{{1,2}})(?=\s*[/.\-]))"
    r"(?:\s*,?\s*nam\s*:?\s*|\s*[/.\-]\s*|\s+)([0-9]{4})(?![0-9])"
)
_SEVERAL_MONTHS = re.compile(
    rf"\bthang\s*:?\s*{_NUMBER}\s*(?:,|-|–|va\b|den\b|toi\b)\s*(?:thang\s*)?{_NUMBER}\s*(?:,|va|nam|/)"
)
_YEAR_FIRST = re.compile(rf"\bnam\s*:?\s*(20[0-9]{{2}})[\s,.\-]*thang\s*:?\s*({_NUMBER})$")
_OPEN = re.compile(
    rf"{_OF_MONTH}(?:(?:[0-9]{{1,2}}|{_WORDS})\s*[/.\-,]?\s*(?:nam\s*:?)?)?$|\bky\s*:?$|\bnam\s*:?(?:\s*20[0-9]{{2}}\s*[,.\-]?)?$"
)
_GOES_ON = re.compile(
    rf"(?:[/.\-]|nam\b|thang\b|[0-9]{{1,2}}\s*(?:[/.,\-]|nam\b)).*|[0-9]{{1,4}}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|(?:{_WORDS})",
    re.DOTALL,
)
_CELLS_OF_A_MONTH = 5
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-[0-9]{2}")
_MONTHS_IN_A_YEAR = 12
_UNIT_WORDS = ("thanh pho ", "tp ", "thi xa ", "tx ", "huyen ", "h ")
_LARGER_UNIT_WORDS = tuple(f" {word}" for word in _UNIT_WORDS if word != "h ")
_CENTRE_WORDS = re.compile(r"\b(?:trung tam|ioc)\b")
_MAY_NAME_A_CENTRE = re.compile(r"\b(?:trung tam|ioc|thanh pho|tp|thi xa|tx|huyen|h)\b")


def title_lines(sheet: SheetCells, header_index: int) -> list[str]:
    """The texts above the table, folded, without what speaks of other papers, days and places."""
    cells = [text for row in sheet.rows[:header_index] for text in _texts(row)]
    lines = [fold(line) for cell in cells for line in _lines(cell)]
    own = [line for line in lines if not _SPEAKS_OF_OTHERS.match(line) and not _PLACE_AND_DATE.match(line)]
    return [line for line in (_DATED.sub(" ", line).strip() for line in own) if line]


def _texts(row: Sequence[str | None]) -> Sequence[str]:
    """A row's cells; as one where a date is broken over them ("Đồng Xoài, ngày 28" and "tháng 01 năm 2022")."""
    texts = [text for text in row if text]
    if len(texts) > 1 and _DATED.search(fold(" ".join(texts))) and not any(_DATED.search(fold(text)) for text in texts):
        return [" ".join(texts)]
    return texts


def _lines(cell: str) -> Sequence[str]:
    """A cell's lines, each by itself where one of them is dated; else a title that is broken anywhere."""
    return cell.splitlines() if _DATED.search(fold(cell)) else (cell,)


def months_stated(lines: Sequence[str]) -> set[date]:
    """The months that the title names; none where it speaks of several at once ("tháng 01 đến tháng 03")."""
    if any(_SEVERAL_MONTHS.search(line) for line in lines):
        return set()
    return {
        date(year, month, 1)
        for line in [*lines, *_broken_lines(lines)]
        for said, year_said in _months_and_years(line)
        if (year := whole(year_said)) and (month := _month(said)) and month <= _MONTHS_IN_A_YEAR
    }


def _months_and_years(line: str) -> Iterator[tuple[str, str]]:
    for match in _MONTH.finditer(line):
        yield match[1] or match[2] or match[3], match[4]
    for match in _YEAR_FIRST.finditer(line):
        yield match[2], match[1]


def _month(text: str) -> int | None:
    return whole(text) or _MONTH_OF_WORD.get(text)


def _broken_lines(lines: Sequence[str]) -> Iterable[str]:
    """A title whose month is broken over the next cells: "THÁNG 01", "NĂM 2022"; "Tháng:", "1", "năm", "2022"."""
    for place, line in enumerate(lines):
        if _OPEN.search(line):
            ends = takewhile(_GOES_ON.fullmatch, lines[place + 1 : place + 1 + _CELLS_OF_A_MONTH])
            yield " ".join([line, *(_ISO_DAY.sub(r"\2/\1", end) for end in ends)])


class CentreNames:
    """The centres of a registry by what titles call them."""

    def __init__(self, centres: Iterable[Centre]) -> None:
        self._centres: dict[str, list[Centre]] = {}
        for centre in centres:
            for phrase in _phrases(centre):
                self._centres.setdefault(phrase, []).append(centre)
        self._longest = max((phrase.count(" ") + 1 for phrase in self._centres), default=0)

    def called(self, line: str) -> Iterator[tuple[str, Centre]]:
        """Every phrase of the line that is a centre's name, with that centre."""
        words = line.split()
        for begin in range(len(words)):
            for end in range(begin + 1, min(begin + self._longest, len(words)) + 1):
                phrase = " ".join(words[begin:end])
                for centre in self._centres.get(phrase, ()):
                    yield phrase, centre


def other_centre_stated(
    lines: Sequence[str], centre: Centre, all_centres: Collection[Centre] | CentreNames
) -> Centre | None:
    """The centre that the title names, when it is another than `centre` and `centre` is not named."""
    spoken = [word_key(line) for line in lines]
    phrases = _phrases(centre)
    if any(
        f" {phrase} " in f" {line} " and _is_clear(line, phrase, centre, is_own=True)
        for line in spoken
        for phrase in phrases
    ):
        return None
    telling = [line for line in spoken if _MAY_NAME_A_CENTRE.search(line)]
    if not telling:
        return None
    names = all_centres if isinstance(all_centres, CentreNames) else CentreNames(all_centres)
    named = [
        other
        for line in telling
        for phrase, other in names.called(line)
        if other.code != centre.code and _is_clear(line, phrase, other, is_own=False)
    ]
    # A district's heading names the province too; the smaller place is the one that speaks.
    return min(named, key=lambda other: (other.kind is CentreKind.PROVINCE, other.code), default=None)


def _phrases(centre: Centre) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word_key(name) for name in (centre.name, *centre.aliases)))


def _is_clear(line: str, phrase: str, centre: Centre, *, is_own: bool) -> bool:
    """Whether a line that holds a centre's name means the centre.

    A place's bare name does, for its own centre; for another one it takes the kind of place with it ("thị xã …") or a
    word for centre. The province's name alone stands in every district's heading, so it takes a word for centre.
    """
    has_centre_word = _CENTRE_WORDS.search(line) is not None
    if centre.kind is CentreKind.PROVINCE:
        return has_centre_word and not any(unit in f" {line}" for unit in _LARGER_UNIT_WORDS)
    return is_own or has_centre_word or phrase.startswith(_UNIT_WORDS)
