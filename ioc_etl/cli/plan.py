"""`ioc-etl run --plan`: what a run would do, shown without doing it. People are rows and masked IDs, never names."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date

import polars as pl

from ioc_etl.cli.console import note, progress, say, say_json, table
from ioc_etl.cli.words import finding_message, words
from ioc_etl.cli.words_operate import operate_words, told_cause
from ioc_etl.core.changes import CHANGED, NEW, REMOVED, SAME
from ioc_etl.core.month import month_code
from ioc_etl.pipeline.plan import HELD, CentrePlan, DueLines, Figure, MonthPlan, plan
from ioc_etl.pipeline.rerun import gaps
from ioc_etl.pipeline.services import Services
from ioc_etl.reports.terms import place_of, vnd
from schemas.vocabulary import BatchKind, Outcome

_CHANGES = (NEW, CHANGED, REMOVED, HELD, SAME)
_ROWS_SHOWN = 20
_BLOCKED = 1


def show_plans(
    services: Services,
    months: Sequence[date],
    centres: Collection[str] | None,
    *,
    missing: bool,
    as_json: bool,
    lang: str,
) -> int:
    """Plan each month by itself, as the database stands now. 1 when a month would be blocked, else 0."""
    told = []
    for month in months:
        wanted = gaps(services, month, centres) if missing else centres
        with progress(lang) as watching:
            told.append(plan(services, month, centres=wanted, progress=watching))
        if not as_json:
            _show(told[-1], wanted, lang)
    if as_json:
        objects = [_as_object(one) for one in told]
        say_json(objects[0] if len(objects) == 1 else {"months": objects})
    return _BLOCKED if any(one.is_blocked for one in told) else 0


def _show(planned: MonthPlan, centres: Collection[str] | None, lang: str) -> None:
    spoken, common = operate_words(lang), words(lang)
    state = f" — {spoken['plan_unchanged']}" if planned.is_unchanged else ""
    state = f" — {spoken['plan_blocked']}" if planned.is_blocked else state
    say(f"{spoken['plan']}: {common['month']} {planned.month:%m/%Y}{state}")
    for code, vi, en in planned.run_findings:
        say(f"{code}: {finding_message(vi, en, lang)}")
    if planned.taken_back:
        say(f"{spoken['plan_taken_back']}: {', '.join(planned.taken_back)}")
    for code in planned.unreachable:
        note(f"{common['unreachable']}: {code}")
    if planned.centres:
        _show_people(planned.centres, lang)
        _show_rows(planned.rows, lang)
        _show_moved(planned, lang)
        _show_due(planned.centres, lang)
        _show_lines(planned.lines, lang)
    say(f"{spoken['plan_number']}: {planned.number}")
    only = "".join(f" --centre {code}" for code in centres or ())
    say(f"{spoken['apply_with']}:")
    say(f"  ioc-etl run {month_code(planned.month)}{only} --apply {planned.number}")


def _show_people(centres: Sequence[CentrePlan], lang: str) -> None:
    spoken = operate_words(lang)
    say(spoken["plan_people"])
    header = (spoken["centre"], spoken["file"], *(spoken[change] for change in _CHANGES))
    rows = [[_place(one), _file(one, lang), *(_figure(one.people, change) for change in _CHANGES)] for one in centres]
    table(header, rows, right=range(2, len(header)))


def _file(centre: CentrePlan, lang: str) -> str:
    told = operate_words(lang)[f"plan_file_{centre.file}"]
    return f"{told} ({', '.join(centre.file_codes)})" if centre.file_codes else told


def _place(centre: CentrePlan) -> str:
    return place_of(centre.centre_name) or centre.centre_name


def _figure(figures: Mapping[str, Figure], name: str) -> str:
    figure = figures.get(name)
    return f"{figure.count} ({vnd(figure.amount_vnd)})" if figure else "—"


def _show_rows(rows: pl.DataFrame, lang: str) -> None:
    spoken = operate_words(lang)
    if rows.is_empty():
        return
    say(f"{spoken['plan_rows']}:")
    for row in _in_order(rows).head(_ROWS_SHOWN).iter_rows(named=True):
        before, now = (_ended(row, "_before", lang), _ended(row, "", lang))
        codes = f" [{', '.join(row['codes'])}]" if row["codes"] else ""
        place = f"{row['centre_code']} {_row(row, lang)}"
        say(f"  {place} {row['citizen_id_masked'] or '—'} {spoken[row['change']]}: {before} → {now}{codes}")
    _show_rest(rows, lang)


def _show_moved(planned: MonthPlan, lang: str) -> None:
    """Where no row changes, why it would be another run nevertheless."""
    spoken = operate_words(lang)
    if planned.rows.is_empty() and planned.moved:
        moved = ", ".join(spoken[f"moved_{kind}"] for kind in planned.moved)
        say(spoken["plan_no_rows"].format(moved=moved))


def _in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Who loses money first, then who is held, then the new ones who are paid."""
    order = pl.col("change").replace_strict([REMOVED, CHANGED, NEW], [0, 1, 2], return_dtype=pl.Int32)
    row = pl.coalesce("source_row", "source_row_before")
    return rows.sort(order, pl.col("outcome") == Outcome.PAID, "centre_code", row, nulls_last=True)


def _row(row: Mapping[str, object], lang: str) -> str:
    """Of somebody who is gone the row in the file before: there is none in the one that would be in force."""
    word = words(lang)["row"]
    if row["source_row"] is not None:
        return f"{word} {row['source_row']}"
    return f"{word} {row['source_row_before']} {operate_words(lang)['of_file_before']}"


def _ended(row: Mapping[str, object], suffix: str, lang: str) -> str:
    outcome = row[f"outcome{suffix}"]
    if outcome is None:
        return operate_words(lang)["off_roster"]
    return f"{words(lang)[f'outcome_{outcome}']} {vnd(int(str(row[f'amount{suffix}_vnd'])))}"


def _show_rest(rows: pl.DataFrame, lang: str) -> None:
    if rows.height > _ROWS_SHOWN:
        say(f"  {operate_words(lang)['more_rows'].format(count=rows.height - _ROWS_SHOWN)}")


def _show_due(centres: Sequence[CentrePlan], lang: str) -> None:
    spoken = operate_words(lang)
    say(spoken["plan_due"])
    for centre in centres:
        if not centre.due and not centre.committed.count:
            continue
        say(f"  {_place(centre)}: {spoken['committed']} {centre.committed.count} ({vnd(centre.committed.amount_vnd)})")
        for due in centre.due:
            say(f"    {_told_due(due, lang)}")


def _told_due(due: DueLines, lang: str) -> str:
    spoken = operate_words(lang)
    causes = "; ".join(f"{spoken[f'cause_{cause}']} {_figure(due.causes, cause)}" for cause in due.causes)
    drafts = ", ".join(f"{spoken[change]} {_figure(due.drafts, change)}" for change in _CHANGES if change in due.drafts)
    total = f"{due.total.count} ({vnd(due.total.amount_vnd)})"
    return f"{spoken[f'kind_{due.kind}']} {total}{f': {causes}' if causes else ''} | {spoken['drafts']}: {drafts}"


def _show_lines(lines: pl.DataFrame, lang: str) -> None:
    """Arrears and recoveries name their people; a regular line is the row above."""
    spoken, common = operate_words(lang), words(lang)
    told = lines.filter((pl.col("batch_kind") != BatchKind.REGULAR) & (pl.col("change") != REMOVED))
    if told.is_empty():
        return
    say(f"{spoken['plan_lines']}:")
    for line in told.head(_ROWS_SHOWN).iter_rows(named=True):
        row = f" {common['row']} {line['source_row']}" if line["source_row"] else ""
        kind, cause = spoken[f"kind_{line['batch_kind']}"], told_cause(line["cause"], line["cause_detail"], lang)
        who = f"{line['centre_code']}{row} {line['citizen_id_masked']}"
        say(f"  {who} {kind} {vnd(line['amount_vnd'])}: {cause}")
    _show_rest(told, lang)


def _as_object(planned: MonthPlan) -> dict[str, object]:
    return {
        "plan": str(planned.number),
        "reference_month": month_code(planned.month),
        "is_unchanged": planned.is_unchanged,
        "is_blocked": planned.is_blocked,
        "moved": list(planned.moved),
        "run_findings": [{"code": code, "message_vi": vi, "message_en": en} for code, vi, en in planned.run_findings],
        "centres": [asdict(centre) for centre in planned.centres],
        "taken_back": list(planned.taken_back),
        "unreachable": list(planned.unreachable),
        "rows": planned.rows.to_dicts(),
        "lines": planned.lines.to_dicts(),
    }
