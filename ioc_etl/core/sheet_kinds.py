"""What one row under a header is, by its own cells: a person, a heading, a total, a mark of the table's end.

Source: rulebook section 5, close reading 4.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from enum import Enum, auto
from functools import lru_cache
from itertools import islice

from ioc_etl.core.digits import is_digits
from ioc_etl.core.sheet_header import Header, Row, field_of
from ioc_etl.core.sheet_totals import PrintedTotal, TotalLabel, count_beside, total_label
from ioc_etl.core.sheet_words import (
    group_name,
    has_group_prefix,
    is_beside_people,
    is_end_mark,
    is_group_number,
    is_numbering,
    is_organisation,
)
from schemas.sheet_cells import SheetCells
from schemas.text import fold, word_key

_WORD_FIELDS = ("agency", "staff_category", "duty", "work_mode", "bank_name")
_PRESET_FIELDS = frozenset(
    {
        "row_no",
        "monitored_service",
        "coefficient",
        "shift",
        "from_date",
        "to_date",
        "other_support_name",
        "other_support_vnd",
        *_WORD_FIELDS,
    }
)
_FIELDS_WITHOUT_SUMS = frozenset({"row_no", "full_name", "birth_date", "citizen_id", *_WORD_FIELDS})
_FIELDS_OF_A_PERSON = frozenset({"full_name", "birth_date", "citizen_id", "bank_account", *_WORD_FIELDS})
_SEPARATORS = str.maketrans("", "", " .-'\u00a0\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
_DIGITS_OF_A_LONG_NUMBER = 8
_DIGITS_OF_NO_SUM = 10
"""More đồng than a centre is paid in a month."""
_LETTER = re.compile(r"[^\W0-9_]")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_PEOPLE_COUNT = re.compile(r"\(?0*[0-9]{1,5}\)?\s*(?:nguoi|d/c|dong chi|can bo)?\.?")
_DAY = re.compile(r"[0-9]{1,4}\s*[/.\-]\s*[0-9]{1,2}\s*[/.\-]\s*[0-9]{1,4}")
_DATE = re.compile(rf"{_DAY.pattern}|(?:19|20)[0-9][0-9]|[0-9]{{5}}")
_NOUGHT = re.compile(r"[0\s.,\-]*0|(?:30/12|31/12)/1899|0?0/0?1/1900|1899-12-3[01]")
_ROW_NUMBER = re.compile(r"[0-9]+(?:[.)][0-9]*)*")
_LABEL_LETTERS = frozenset("TtCc")
_LABEL_STARTS = frozenset({"tổ", "to", "tô", "cộ", "co", "cô"})
_COUNT_STARTS = frozenset("(0123456789")
_CELLS_OF_A_NUMBERING = 3
_CELLS_OF_A_HEADING = 8


class RowKind(Enum):
    """What a row is by its own cells.

    A sure person has an ID, an account, or a number and words of a closed list; a likely one only words; a faint one
    only text where a person's could stand. A spare row has its number, preset words, placeholders and failed formulas.
    """

    BLANK = auto()
    SPARE = auto()
    SURE = auto()
    LIKELY = auto()
    FAINT = auto()
    GROUP = auto()
    TOTAL = auto()
    END = auto()
    OTHER = auto()


class TableReader:
    """A sheet's rows, seen through its header."""

    def __init__(self, sheet: SheetCells, header: Header, placeholders: Collection[str]) -> None:
        self._placeholders = placeholders
        self._rows = sheet.rows
        self._numbers = sheet.row_numbers
        self._header = header
        self._columns = header.columns
        self._field_at = {column: name for name, column in header.columns.items()}
        self._headers = {name: header.texts[column].casefold() for name, column in header.columns.items()}
        self._name = header.columns.get("full_name")
        self._id = header.columns.get("citizen_id")
        self._row_no = header.columns.get("row_no")
        self._unreadable: dict[int, set[int]] = {}
        for row_number, column in sheet.unreadable:
            self._unreadable.setdefault(row_number, set()).add(column)

    def kind(self, index: int) -> RowKind:
        """What the row is."""
        row = self._rows[index]
        return RowKind.SURE if self._is_plainly_a_person(row) else self._looked_at(row, self._failed(index))

    def _is_plainly_a_person(self, row: Row) -> bool:
        """A name and a long number for an ID: nearly every row, so nothing else is asked."""
        if self._name is None or self._id is None:
            return False
        name, identity = row[self._name], row[self._id]
        return bool(
            name
            and identity
            and len(identity) >= _DIGITS_OF_A_LONG_NUMBER
            and (is_digits(identity) or _is_long_number(identity))
            and name[0].isalpha()
            and name[:2].lower() not in _LABEL_STARTS
        )

    def _failed(self, index: int) -> set[str]:
        """The fields of a person whose cell cannot be read; a running number or a sum that fails is nobody's."""
        columns = self._unreadable.get(self._numbers[index], ())
        return {name for column in columns if (name := self._field_at.get(column)) in _FIELDS_OF_A_PERSON}

    def _looked_at(self, row: Row, failed: set[str]) -> RowKind:
        texts = {column: stripped for column, text in enumerate(row) if text and (stripped := text.strip())}
        cells = {self._field_at[column]: text for column, text in texts.items() if column in self._field_at}
        number = cells.get("row_no", "")
        is_numbered = _ROW_NUMBER.fullmatch(number) is not None
        if not failed and (not texts or (is_numbered and len(texts) == 1)):
            return RowKind.BLANK
        return self._kind_of_text(texts, cells, failed, is_numbered=is_numbered)

    def _kind_of_text(
        self, texts: Mapping[int, str], cells: Mapping[str, str], failed: Collection[str], *, is_numbered: bool
    ) -> RowKind:
        has_id = _is_long_number(cells.get("citizen_id", ""))
        has_account = _is_long_number(cells.get("bank_account", ""))
        is_labelled = _label(texts) is not None
        if (has_id or has_account) and not is_labelled:
            return RowKind.SURE
        words = sum(name in failed or _is_word(cells.get(name, "")) for name in _WORD_FIELDS)
        if not failed and not is_numbered and is_beside_people(list(texts.values())):
            return RowKind.OTHER
        if is_labelled and words < 2 and not _has_facts(cells, words, is_numbered=is_numbered):
            return RowKind.TOTAL
        is_ours = _is_numbering(texts, cells) or self._is_header_again(cells)
        if is_ours or field_of(cells.get("row_no", "")) == "row_no":
            return RowKind.OTHER if is_ours else RowKind.END
        if self._is_spare(texts, failed, is_numbered=is_numbered):
            return RowKind.SPARE
        has_name = "full_name" in cells or "full_name" in failed
        has_birth = has_name and _DATE.fullmatch(cells.get("birth_date", "")) is not None
        is_sure = has_id or has_account or has_birth or (is_numbered and words > 0)
        return (
            RowKind.SURE
            if is_sure
            else self._kind_without_numbers(texts, cells, failed, words, is_numbered=is_numbered)
        )

    def _is_spare(self, texts: Mapping[int, str], failed: Collection[str], *, is_numbered: bool) -> bool:
        """A row with nothing but its number, preset words, placeholders, and formulas that failed.

        Without a number, such a formula and a placeholder for a name or an ID it may be a heading.
        """
        filled = {self._field_at.get(column) for column, text in texts.items() if not self._is_nothing(text)}
        has_none = any(self._is_nothing(text) for column, text in texts.items() if column in {self._name, self._id})
        return (is_numbered or bool(failed) or has_none) and filled <= _PRESET_FIELDS

    def _is_nothing(self, text: str) -> bool:
        """Whether a cell holds no value: dots, `x`, and what a link to an empty cell gives: 0, day 0."""
        return (
            _LETTER_OR_DIGIT.search(text) is None
            or _NOUGHT.fullmatch(text) is not None
            or word_key(text) in self._placeholders
        )

    def _kind_without_numbers(
        self,
        texts: Mapping[int, str],
        cells: Mapping[str, str],
        failed: Collection[str],
        words: int,
        *,
        is_numbered: bool,
    ) -> RowKind:
        has_name = "full_name" in cells or "full_name" in failed
        is_short = len(texts) <= _CELLS_OF_A_HEADING
        kind = RowKind.OTHER
        if words < 2 and is_short and any(map(is_end_mark, texts.values())):
            kind = RowKind.END
        elif (
            not failed
            and is_short
            and _group_column(texts, self._row_no, self._name, may_have_notes=not words) is not None
        ):
            kind = RowKind.GROUP
        elif words > 1 or (has_name and (words or is_numbered)):
            kind = RowKind.LIKELY
        elif has_name or failed or "citizen_id" in cells or "bank_account" in cells or len(texts) - is_numbered > 1:
            kind = RowKind.FAINT
        return kind

    def _is_header_again(self, cells: Mapping[str, str]) -> bool:
        """A line of the header once more, on top of the next page."""
        same = {name for name, text in cells.items() if text.casefold() == self._headers[name]}
        return len(same) > 1 or bool(same & {"full_name", "citizen_id"})

    def has_identity(self, index: int) -> bool:
        """Whether anything stands in the name or the ID: what tells a first person from a third header line."""
        row = self._rows[index]
        identity = {column for column in (self._name, self._id) if column is not None}
        return any(row[column] for column in identity) or bool(self._failed(index))

    def group(self, index: int) -> str:
        """The name of the group that a row begins."""
        texts = {column: text.strip() for column, text in enumerate(self._rows[index]) if text and text.strip()}
        column = _group_column(texts, self._row_no, self._name)
        return group_name(texts[column]) if column is not None else ""

    def total(self, index: int, *, people: int, in_group: int) -> Iterable[PrintedTotal]:
        """The count of a total row, if it has one: in the label, or beside it."""
        texts = {column: text for column, text in enumerate(self._rows[index]) if text and text.strip()}
        labelled = _label(texts)
        if labelled is None:
            return
        column, label = labelled
        count = label.count
        beside = ((other, text) for other, text in texts.items() if other > column)
        while count is None and (cell := next(beside, None)):
            may_be_bare = self._field_at.get(cell[0]) in _FIELDS_WITHOUT_SUMS
            count = count_beside(cell[1].strip(), may_be_bare=may_be_bare)
        if count is not None:
            yield PrintedTotal(self._numbers[index], column, label, count, people, in_group)

    def totals_above(self) -> Iterable[PrintedTotal]:
        """Totals that stand over the header."""
        for index in range(self._header.first):
            for column, text in enumerate(self._rows[index]):
                label = total_label(text) if text else None
                if label is not None and label.count is not None:
                    yield PrintedTotal(self._numbers[index], column, label, label.count)


def _has_facts(cells: Mapping[str, str], words: int, *, is_numbered: bool) -> bool:
    """Whether a row whose name is a total's label ("Cộng") holds what a person has and a total has not.

    A sum may stand in the column of the ID or of the account. What no sum is: ten digits, or a zero in front.
    """
    numbers = [text for name in ("citizen_id", "bank_account") if _is_long_number(text := cells.get(name, ""))]
    return bool(
        (is_numbered and (numbers or words))
        or (numbers and words)
        or any(map(_is_no_sum, numbers))
        or _DAY.fullmatch(cells.get("birth_date", ""))
    )


def _is_no_sum(number: str) -> bool:
    digits = number.translate(_SEPARATORS)
    return digits.startswith("0") or len(digits) >= _DIGITS_OF_NO_SUM


def _is_numbering(texts: Mapping[int, str], cells: Mapping[str, str]) -> bool:
    """The numbering of the columns, under the header or on top of the next page."""
    if len(texts) < _CELLS_OF_A_NUMBERING or ("full_name" not in cells and "citizen_id" not in cells):
        return False
    return all(map(is_numbering, texts.values()))


def _label(texts: Mapping[int, str]) -> tuple[int, TotalLabel] | None:
    """The first or second cell of a row, when it says that the row is a total."""
    for column, text in islice(texts.items(), 2):
        label = total_label(text) if text[:1] in _LABEL_LETTERS else None
        if label is not None:
            return column, label
    return None


def _group_column(
    texts: Mapping[int, str], row_no: int | None, name: int | None, *, may_have_notes: bool = True
) -> int | None:
    """The column of the one text that makes a row a group's heading; None when it is no heading.

    A group's number stands before the text or in the column of the row numbers; without a number the text stands where
    no name does, or names an office. Counts and sums beside it change nothing, nor does a note behind a group's number.
    """
    number = texts.get(row_no, "") if row_no is not None else ""
    is_numbered_as_group = is_group_number(number)
    rest = {
        column: text
        for column, text in texts.items()
        if _LETTER.search(text) and not _is_count(text) and not (column == row_no and is_numbered_as_group)
    }
    if not rest or (len(rest) > 1 and not (is_numbered_as_group and may_have_notes)):
        return None
    column, text = next(iter(rest.items()))
    is_numbered = _ROW_NUMBER.fullmatch(number) is not None
    is_first = column == min(texts)
    is_heading = (
        is_numbered_as_group
        or (has_group_prefix(text) and not is_numbered)
        or (column == row_no)
        or (is_organisation(text) and (column == name or is_first))
    )
    return column if is_heading else None


@lru_cache(maxsize=8192)
def _is_word(text: str) -> bool:
    """Whether a cell holds words, and neither a count of people nor what stands below a table."""
    return bool(text) and _LETTER.search(text) is not None and not is_end_mark(text) and not _is_count(text)


def _is_count(text: str) -> bool:
    return text[:1] in _COUNT_STARTS and _PEOPLE_COUNT.fullmatch(fold(text)) is not None


def _is_long_number(text: str) -> bool:
    """Whether a cell holds a number that only an ID or an account can be; noughts alone are none."""
    digits = text.translate(_SEPARATORS)
    return len(digits) >= _DIGITS_OF_A_LONG_NUMBER and is_digits(digits) and digits.strip("0") != ""
