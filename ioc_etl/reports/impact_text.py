"""The impact tables as text for a terminal or a log: aligned columns, at most 120 characters wide."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from ioc_etl.reports.impact_phrases import (
    base_salary_line,
    difference_text,
    group_label,
    notes,
    number,
    scenario_title,
    words_of,
)
from ioc_etl.reports.impact_rows import TableRow, blocks
from ioc_etl.reports.impact_words import ImpactWords
from schemas.impact import ImpactScenario, ImpactTables

_LABEL = 25
_WRAPPED = 118
_GAP = "  "
_PRINTED_COLUMNS, _OWN_COLUMNS = slice(0, 4), slice(4, 7)


def impact_text(tables: ImpactTables, lang: str = "vi") -> str:
    """The tables, what differs from the source and the notes in one language (vi or en); ends with a line break.

    Raises:
        UsageError: an unknown language.
    """
    words = words_of(lang)
    lines = [
        words.title.format(year=tables.year) + (f" - {words.draft}" if tables.is_draft else ""),
        words.subtitle,
        base_salary_line(words, tables),
        f"{words.unit}.",
        *words.legend,
    ]
    for count, scenario in enumerate(tables.scenarios, start=1):
        title = words.table.format(number=count, title=scenario_title(words, scenario))
        lines += ["", title, *_table(words, scenario)]
    if tables.checks:
        lines += ["", f"{words.checks}:", *_checks(words, tables)]
    if tables.differences:
        told = (difference_text(difference, lang) for difference in tables.differences)
        lines += ["", f"{words.differences}:", *_listed({f"{n}. ": text for n, text in enumerate(told, start=1)})]
    lines += ["", f"{words.notes}:"]
    for note in notes(words, tables):
        lines += _listed({"- ": note})
    return "\n".join(lines) + "\n"


def _table(words: ImpactWords, scenario: ImpactScenario) -> Iterator[str]:
    span = words.span_column if len(scenario.periods) > 1 else words.year_column
    header = tuple(column.format(span=span) for column in words.columns)
    parts = [
        (block.title, [(row.label, _cells(words, row)) for row in block.rows]) for block in blocks(words, scenario)
    ]
    every_row = [header, *(cells for _, rows in parts for _, cells in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*every_row, strict=True)]
    rule = "-" * (_LABEL + sum(len(_GAP) + width for width in widths))
    above = (
        _centred(widths[_PRINTED_COLUMNS], words.printed_short),
        _centred(widths[_OWN_COLUMNS], words.own_short),
    )
    yield _GAP.join((" " * _LABEL, *above))
    yield _line(words.item, header, widths)
    for title, rows in parts:
        yield from (rule, title, rule)
        for label, cells in rows:
            first, *rest = wrap(label, _LABEL)
            yield from (_line(first, cells, widths), *rest)
    yield rule


def _cells(words: ImpactWords, row: TableRow) -> tuple[str, ...]:
    def shown(amount: int | None) -> str:
        return "" if amount is None else number(words, amount)

    return (
        shown(row.posts),
        shown(row.per_person_vnd),
        shown(row.printed_month_vnd),
        shown(row.printed_span_vnd),
        "" if row.direct_posts is None else f"{row.direct_posts} + {row.indirect_posts}",
        shown(row.own_month_vnd),
        shown(row.own_span_vnd),
        shown(row.difference_vnd),
    )


def _line(label: str, cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return _GAP.join((label.ljust(_LABEL), *aligned)).rstrip()


def _centred(widths: Sequence[int], text: str) -> str:
    return f" {text} ".center(sum(widths) + len(_GAP) * (len(widths) - 1), "·")


def _checks(words: ImpactWords, tables: ImpactTables) -> Iterator[str]:
    by_kind = {scenario.kind: scenario for scenario in tables.scenarios}
    for check in tables.checks:
        yield "  " + words.check_line.format(
            result=words.agrees if check.printed == check.counted else words.disagrees,
            printed=number(words, check.printed),
            counted=number(words, check.counted),
            label=group_label(words, by_kind[check.scenario], check.group, with_names=False),
            measure=words.measures[check.measure],
        )


def _listed(texts: dict[str, str]) -> Iterator[str]:
    for bullet, text in texts.items():
        yield from wrap(text, _WRAPPED, initial_indent=bullet, subsequent_indent=" " * len(bullet))
