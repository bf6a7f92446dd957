"""The impact tables as text for a terminal or a log: aligned columns, money as 1.233.720.000."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from ioc_etl.reports import impact_words as words
from ioc_etl.reports.impact_rows import TableRow, blocks
from ioc_etl.reports.terms import DRAFT_MARK
from schemas.impact import ImpactScenario, ImpactTables

_LABEL = 25
_WRAPPED = 118
_GAP = "  "
_LABEL_HEADER = "Nội dung"
_HEADER = ("Suất", "Mức/người", "Chi tháng", "Chi cả năm", "TT + KTT", "Chi tháng", "Chi cả năm", "Chênh lệch")
_SPAN_HEADER = "Chi cả kỳ"
_PRINTED_COLUMNS, _OWN_COLUMNS = slice(0, 4), slice(4, 7)


def impact_text(tables: ImpactTables) -> str:
    """The tables, what differs from the source (in Vietnamese and English) and the notes; ends with a line break."""
    lines = [
        words.TITLE.format(year=tables.year) + (f" - {DRAFT_MARK}" if tables.is_draft else ""),
        words.SUBTITLE,
        words.base_salary_line(tables),
        f"{words.UNIT}. TT là suất trực tiếp, KTT là suất không trực tiếp.",
        "Tờ trình: mọi suất đều tính như trực tiếp. Chính sách: mỗi suất theo hình thức làm việc quy định.",
    ]
    for number, scenario in enumerate(tables.scenarios, start=1):
        lines += ["", f"Bảng {number}. {words.scenario_title(scenario)}", *_table(scenario)]
    if tables.checks:
        lines += ["", f"{words.CHECKS}:", *_checks(tables)]
    if tables.differences:
        lines += ["", f"{words.DIFFERENCES}:", *_differences(tables)]
    lines += ["", f"{words.NOTES}:", *(line for note in words.notes(tables) for line in _indented("- ", note))]
    return "\n".join(lines) + "\n"


def _table(scenario: ImpactScenario) -> Iterator[str]:
    is_split = len(scenario.periods) > 1
    header = tuple(_SPAN_HEADER if is_split and name == "Chi cả năm" else name for name in _HEADER)
    parts = [(block.title, [(row.label, _cells(row)) for row in block.rows]) for block in blocks(scenario)]
    every_row = [header, *(cells for _, rows in parts for _, cells in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*every_row, strict=True)]
    rule = "-" * (_LABEL + sum(len(_GAP) + width for width in widths))
    above = [_centred(widths[_PRINTED_COLUMNS], "Tờ trình"), _centred(widths[_OWN_COLUMNS], "Chính sách")]
    yield _GAP.join((" " * _LABEL, *above))
    yield _line(_LABEL_HEADER, header, widths)
    for title, rows in parts:
        yield from (rule, title, rule)
        for label, cells in rows:
            first, *rest = wrap(label, _LABEL)
            yield from (_line(first, cells, widths), *rest)
    yield rule


def _cells(row: TableRow) -> tuple[str, ...]:
    return (
        _number(row.posts),
        _number(row.per_person_vnd),
        _number(row.printed_month_vnd),
        _number(row.printed_span_vnd),
        "" if row.direct_posts is None else f"{row.direct_posts} + {row.indirect_posts}",
        _number(row.own_month_vnd),
        _number(row.own_span_vnd),
        _number(row.difference_vnd),
    )


def _number(number: int | None) -> str:
    return "" if number is None else words.number_vi(number)


def _line(label: str, cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return _GAP.join((label.ljust(_LABEL), *aligned)).rstrip()


def _centred(widths: Sequence[int], text: str) -> str:
    return f" {text} ".center(sum(widths) + len(_GAP) * (len(widths) - 1), "·")


def _checks(tables: ImpactTables) -> Iterator[str]:
    for check in tables.checks:
        scenario = next(scenario for scenario in tables.scenarios if scenario.kind is check.scenario)
        agrees = words.AGREES if check.printed == check.counted else words.DISAGREES
        label = f"{words.short_label(scenario, check.group)}, {words.MEASURE[check.measure].lower()}"
        printed, counted = words.number_vi(check.printed), words.number_vi(check.counted)
        yield f"  {agrees:<5} in {printed:>13}, tính lại {counted:>13}  {label}"


def _differences(tables: ImpactTables) -> Iterator[str]:
    for number, difference in enumerate(tables.differences, start=1):
        yield from _indented(f"{number}. ", words.difference_vi(difference))
        yield from _indented("   ", words.difference_en(difference))


def _indented(bullet: str, text: str) -> list[str]:
    return wrap(text, _WRAPPED, initial_indent=bullet, subsequent_indent=" " * len(bullet))
