"""Why a line is due: what has changed since the centre's month was approved (`LineCause`).

A regular line was decided, no more; so were the first arrears of a centre whose budget year ended before anything was
paid. Of several changes that apply the first of `_ORDER` is the cause, the others stand
behind it in the detail. Where nothing that the rosters say has changed, which IDs are one person has, or a batch was
made void, or a parameter has changed; where the policy is the same, too, there is a difference and no more to say.
"""

import polars as pl

from ioc_etl.core.dates import days_of
from ioc_etl.core.decide import Decisions
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.ledger import PERSON, centres_with_a_batch
from schemas.ledger import OFFSET
from schemas.vocabulary import BatchKind, FindingCode, LineCause, Outcome, PartMonthMethod, Severity

_ORDER = (
    LineCause.RETURNED,
    LineCause.NO_RIGHT,
    LineCause.SUPERSEDED,
    LineCause.LINKED,
    LineCause.MOVED,
    LineCause.ABSENT,
    LineCause.LATE,
    LineCause.MENDED,
    LineCause.WAIVED,
    LineCause.BASE_SALARY,
    LineCause.WORK_MODE,
    LineCause.PART_MONTH,
    LineCause.VOIDED,
    LineCause.PARAMETER,
)
_OF_THE_REST = frozenset({LineCause.VOIDED, LineCause.PARAMETER})
_HASH_DIGITS = 12
_NOWHERE = "-"


def with_causes(due: pl.DataFrame, decided: Decisions, facts: MonthFacts) -> pl.DataFrame:
    """Adds `cause` and `cause_detail` to what is due with its facts (`settle_line.with_facts`)."""
    is_regular = pl.col("batch_kind") == BatchKind.REGULAR
    has_ended = (pl.col("batch_kind") == BatchKind.ARREARS) & ~pl.col("centre_code").is_in(
        centres_with_a_batch(facts.ledger.lines)
    )
    plain = due.filter(is_regular | has_ended).with_columns(
        pl.when(has_ended)
        .then(pl.lit(LineCause.YEAR_ENDED.value))
        .otherwise(pl.lit(LineCause.DECIDED.value))
        .alias("cause"),
        pl.when(has_ended).then(pl.lit(str(facts.month.year))).alias("cause_detail"),
    )
    later = due.filter(~(is_regular | has_ended))
    if later.is_empty():
        return plain
    compared = _compared(later, decided, facts).with_columns(_pieces(facts)).with_columns(_without_pieces())
    changes = compared.with_columns(_chosen())
    return pl.concat([plain, changes.select(plain.columns)])


def _compared(due: pl.DataFrame, decided: Decisions, facts: MonthFacts) -> pl.DataFrame:
    """Each line with what was decided before, what is waived now, and where else the person stands."""
    ledger = facts.ledger
    earlier = ledger.earlier.select(*PERSON, pl.exclude(PERSON).name.prefix("earlier_"))
    paying = ledger.lines.filter((pl.col("amount_vnd") > 0) & (pl.col("batch_kind") != OFFSET))
    files = paying.group_by("centre_code", maintain_order=True).agg(
        pl.col("source_sha256").drop_nulls().last().alias("approved_sha256")
    )
    versions = ledger.earlier.group_by("centre_code", maintain_order=True).agg(
        pl.col("policy_version").last().alias("approved_version")
    )
    of_rows = ["centre_code", "source_row"]
    now = decided.rows.filter(pl.col("person_id").is_not_null()).sort(
        "amount_vnd", "centre_code", descending=[True, False]
    )
    then = pl.concat([ledger.lines.select(PERSON).unique().sort(PERSON), ledger.earlier.select(PERSON).sort(PERSON)])
    return (
        due.join(earlier, on=PERSON, how="left")
        .join(ledger.money.select(*PERSON, "returned_vnd", "returned_ids"), on=PERSON, how="left")
        .join(ledger.relinked, on="person_id", how="left")
        .join(ledger.voided, on=PERSON, how="left")
        .join(files, on="centre_code", how="left")
        .join(versions, on="centre_code", how="left")
        .join(ledger.sources, on="centre_code", how="left")
        .join(decided.waived, on=of_rows, how="left")
        .join(_another_centre(due, now, "stands_at"), on=PERSON, how="left")
        .join(_another_centre(due, then, "stood_at"), on=PERSON, how="left")
        .with_columns(
            pl.col("waived").fill_null([]),
            pl.col("codes").fill_null([]),
            pl.col("is_apart").fill_null(value=False),
            pl.lit(ledger.policy_version).alias("policy_version"),
        )
    )


def _another_centre(due: pl.DataFrame, places: pl.DataFrame, name: str) -> pl.DataFrame:
    """The first other centre of `places` where the person of a line is."""
    others = due.select(PERSON).join(
        places.select("person_id", pl.col("centre_code").alias(name)), on="person_id", maintain_order="left_right"
    )
    return others.filter(pl.col("centre_code") != pl.col(name)).unique(PERSON, keep="first", maintain_order=True)


def _pieces(facts: MonthFacts) -> list[pl.Expr]:
    """One column per cause: its detail where it applies, else null."""
    pays_more, pays = pl.col("drafted_vnd") > 0, pl.col("entitlement_vnd") > 0
    is_taken_back = ~pays_more & ~pays
    was_there = pl.col("earlier_outcome").is_not_null() | (pl.col("before_amount_vnd") > 0).fill_null(value=False)
    is_new = pays_more & pays & ~was_there
    was_unpaid = pays_more & pays & pl.col("earlier_outcome").is_in([Outcome.HELD.value, Outcome.SUPERSEDED.value])
    was_paid = pays & ~is_new & ~was_unpaid.fill_null(value=False)
    returned = pl.col("returned_vnd").fill_null(0).sign() == pl.col("drafted_vnd").sign()
    stopped = pl.col("earlier_codes").list.set_intersection(pl.lit(_stopping(facts))).list.sort()
    mended = stopped.list.set_difference("waived").list.sort()
    waived = stopped.list.set_intersection("waived").list.sort()
    is_absent, no_right = pl.col("is_absent"), pl.col("has_no_right").fill_null(value=False)
    is_superseded = (pl.col("outcome") == Outcome.SUPERSEDED).fill_null(value=False)
    unwaived = pl.col("codes").list.set_difference("waived")
    is_joined = pl.col("link_centres").is_not_null() & pl.col("stands_at").is_not_null()
    is_gone_by_link = is_absent & (pl.col("is_apart") | is_joined)
    is_new_by_link = is_new & pl.col("is_apart")
    is_gone, is_joining = is_taken_back & is_absent & ~is_gone_by_link, is_new & ~is_new_by_link
    return [
        _when(LineCause.RETURNED, returned, pl.col("returned_ids")),
        _when(LineCause.NO_RIGHT, is_taken_back & no_right, _codes(unwaived, _without_right(facts))),
        _when(LineCause.SUPERSEDED, is_taken_back & is_superseded, _change("full_amount_vnd", "other_support_vnd")),
        _when(LineCause.LINKED, (is_taken_back & is_gone_by_link) | is_new_by_link, pl.col("link_centres")),
        _when(LineCause.MOVED, is_gone, pl.col("stands_at"), is_joining, pl.col("stood_at")),
        _when(
            LineCause.ABSENT,
            is_gone & pl.col("stands_at").is_null(),
            _hashes("before_source_sha256", "source_sha256"),
        ),
        _when(LineCause.LATE, is_joining & pl.col("stood_at").is_null(), _hashes("approved_sha256", "source_sha256")),
        _when(LineCause.MENDED, was_unpaid & (mended.list.len() > 0), mended.list.join(", ")),
        _when(LineCause.WAIVED, was_unpaid & (waived.list.len() > 0), waived.list.join(", ")),
        _when_changed(LineCause.BASE_SALARY, was_paid, "base_salary_vnd"),
        _when_changed(LineCause.WORK_MODE, was_paid, "work_mode"),
        _when(
            LineCause.PART_MONTH,
            was_paid & (_share("earlier", facts) != _share("now", facts)),
            _change(_paid_part("earlier", facts), _paid_part("now", facts)),
        ),
    ]


def _without_pieces() -> list[pl.Expr]:
    """The causes of a line that nothing about its person explains."""
    is_unexplained = pl.all_horizontal(pl.col(_piece(c)).is_null() for c in _ORDER if c not in _OF_THE_REST)
    before, now = pl.coalesce("earlier_policy_version", "approved_version"), pl.col("policy_version")
    by_link = pl.col(_piece(LineCause.LINKED))
    return [
        pl.coalesce(by_link, pl.when(is_unexplained).then(pl.col("link_centres"))).alias(_piece(LineCause.LINKED)),
        _when(LineCause.VOIDED, is_unexplained & by_link.is_null(), pl.col("voided_batch")),
        _when(LineCause.PARAMETER, is_unexplained & (before != now), _hashes(before, now)),
    ]


def _chosen() -> list[pl.Expr]:
    """The first cause that applies with its detail, the others behind it by name."""
    cause = pl.coalesce(
        *(pl.when(pl.col(_piece(c)).is_not_null()).then(pl.lit(c.value)) for c in _ORDER),
        pl.lit(LineCause.DIFFERENCE.value),
    )
    told = [pl.when(cause != c.value).then(pl.concat_str(pl.lit(f"{c.value}: "), _piece(c))) for c in _ORDER]
    first = pl.coalesce(*(pl.col(_piece(c)) for c in _ORDER))
    details = pl.concat_str(first, *told, separator="; ", ignore_nulls=True)
    return [cause.alias("cause"), pl.when(first.is_not_null()).then(details).alias("cause_detail")]


def _piece(cause: LineCause) -> str:
    return f"piece_{cause.value}"


def _when(
    cause: LineCause,
    applies: pl.Expr,
    detail: pl.Expr,
    also: pl.Expr | None = None,
    its_detail: pl.Expr | None = None,
) -> pl.Expr:
    piece = pl.when(applies).then(detail)
    chosen = piece if also is None else piece.when(also).then(its_detail)
    return chosen.otherwise(pl.lit(None, dtype=pl.String)).alias(_piece(cause))


def _when_changed(cause: LineCause, applies: pl.Expr, column: str) -> pl.Expr:
    """Compared with the latest line, which says what was approved; without one with the decision then."""
    before = pl.coalesce(f"before_{column}", f"earlier_{column}")
    return _when(cause, applies & (before != pl.col(column)), _change(before, column))


def _change(before: str | pl.Expr, now: str | pl.Expr) -> pl.Expr:
    both = [pl.col(value) if isinstance(value, str) else value for value in (before, now)]
    return pl.concat_str([value.cast(pl.String) for value in both], separator=" → ")


def _hashes(before: str | pl.Expr, now: str | pl.Expr) -> pl.Expr:
    both = [pl.col(value) if isinstance(value, str) else value for value in (before, now)]
    return pl.concat_str([value.str.head(_HASH_DIGITS).fill_null(_NOWHERE) for value in both], separator=" → ")


def _codes(codes: pl.Expr, among: list[str]) -> pl.Expr:
    return codes.list.set_intersection(pl.lit(among)).list.sort().list.join(", ")


def _stopping(facts: MonthFacts) -> list[str]:
    """Codes for which a row was not paid."""
    blocking = [str(code) for code, text in facts.texts.items() if text.severity is Severity.BLOCK]
    return [*blocking, FindingCode.OTHER_SUPPORT_HIGHER.value]


def _without_right(facts: MonthFacts) -> list[str]:
    return [str(code) for code, text in facts.texts.items() if text.has_no_right]


def _paid_part(when: str, facts: MonthFacts) -> pl.Expr:
    """The days that are paid: those with a post where days are paid, else those on duty."""
    is_now = when == "now"
    if facts.policy.part_month is PartMonthMethod.CALENDAR_DAYS:
        return days_of(pl.col("post_days")) if is_now else pl.coalesce("earlier_paid_days", "earlier_days_on_duty")
    return pl.col("days_on_duty" if is_now else "earlier_days_on_duty")


def _share(when: str, facts: MonthFacts) -> pl.Expr:
    """What of the days counts for the amount, by the month's rule for a part of a month."""
    days = _paid_part(when, facts)
    match facts.policy.part_month:
        case PartMonthMethod.FULL_MONTH:
            return pl.lit(1)
        case PartMonthMethod.HALF_UNDER_15_DAYS:
            return (days >= facts.policy.half_month_days).cast(pl.Int32)
        case PartMonthMethod.CALENDAR_DAYS:
            return days
