"""Raw roster -> typed roster and findings: every cell becomes a value or a finding.

Cells are parsed here; what a value means is for the rules (`ioc_etl.core.rules`).
"""

import re
from collections.abc import Callable
from datetime import date

import polars as pl

from ioc_etl.core.contracts import conform
from ioc_etl.core.dates import days_mask, parsed_birth_year, parsed_date, whole_month_mask
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.identity import id_digits
from ioc_etl.core.money import TENTHS, parsed_vnd
from ioc_etl.core.month import last_day
from ioc_etl.core.placeholders import is_whole_name, with_values_only
from ioc_etl.core.rules import Rule, identity
from ioc_etl.core.text import cleaned, fold, folded, name_key, once_each, word_key, word_keys, written_name
from ioc_etl.core.whole_numbers import number_words, whole_number
from schemas.columns import OFFICIAL_HEADERS, ROSTER_FIELDS
from schemas.raw_roster import RAW_ROSTER
from schemas.roster import ROSTER, ROSTER_TABLE
from schemas.vocabulary import FindingCode, RuleKey

_COEFFICIENT = r"^([0-9]{1,3})(?:[.,]([0-9]))?0*(?: lan)?$"
_SHIFT = r"^(?:ca )?0?([0-9]{1,3})(?:\.0+)?$"
_BETWEEN_DUTIES = re.compile(r"[,;/+&]|\bva\b")
_NEVER_BLOCKS = ("monitored_service",)


def validate(raw: pl.DataFrame, facts: MonthFacts) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The typed roster (`schemas.roster`) and the findings about its cells (`schemas.finding.RAISED`).

    Raises:
        ContractError: the result does not keep its contract.
    """
    cells = raw.with_columns(cleaned(raw[name]) for name in ("group_text", *ROSTER_FIELDS))
    named = cells.with_columns(once_each(cells["full_name"], written_name))
    parsed = _looked_up(_parsed(with_values_only(named, facts.policy), facts), facts)
    known, id_findings = identity.apply(parsed, facts)
    roster = _with_facts(known.with_columns(_person_key()), facts)
    findings = all_findings(
        id_findings,
        _unreadable_cells(roster),
        raised(FindingCode.ROW_HIDDEN, roster.filter("is_hidden")),
        raised(
            FindingCode.NAME_MISSING,
            roster.filter(~once_each(roster["full_name"], is_whole_name).fill_null(value=False)),
            column="full_name",
            found=pl.col("full_name"),
        ),
        _dates(roster),
        raised(
            FindingCode.BIRTH_DATE_INVALID,
            roster.filter(pl.col("birth_text").is_not_null() & pl.col("birth_year").is_null()),
            column="birth_date",
            found=pl.col("birth_text"),
        ),
    )
    return conform(roster, ROSTER_TABLE), findings


def _parsed(raw: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    birth_date, birth_year = once_each(raw["birth_date"], parsed_date), once_each(raw["birth_date"], parsed_birth_year)
    rows = raw.with_columns(
        id_digits(pl.col("citizen_id")).alias("citizen_id"),
        once_each(raw["full_name"], name_key).alias("name_key"),
        pl.col("birth_date").alias("birth_text"),
        birth_date.alias("birth_date"),
        pl.coalesce(birth_date.dt.year(), birth_year).alias("birth_year"),
        whole_number(pl.col("row_no")).alias("row_order"),
        once_each(raw["shift"], _parsed_shift),
        pl.col("shift").alias("shift_text"),
        pl.coalesce("agency", "group_text").alias("agency_text"),
        once_each(raw["from_date"], parsed_date).alias("first"),
        once_each(raw["to_date"], parsed_date).alias("last"),
        pl.col("from_date").alias("from_text"),
        pl.col("to_date").alias("to_text"),
        once_each(raw["other_support_vnd"], parsed_vnd),
        pl.col("other_support_vnd").alias("other_support_text"),
        id_digits(pl.col("bank_account")).alias("bank_account"),
        pl.col("unreadable").fill_null([]),
        pl.col("number_cells").fill_null([]),
    )
    return rows.with_columns(_has_readable_dates()).with_columns(
        pl.when("has_readable_dates")
        .then(days_mask(pl.col("first"), pl.col("last"), facts.month))
        .otherwise(pl.lit(whole_month_mask(facts.month), dtype=pl.Int64))
        .alias("roster_mask"),
    )


def _parsed_shift(column: pl.Expr) -> pl.Expr:
    return whole_number(number_words(column).str.extract(_SHIFT))


def _is_unread(text: str, parsed: str) -> pl.Expr:
    return pl.col(text).is_not_null() & pl.col(parsed).is_null()


def _has_readable_dates() -> pl.Expr:
    cells_read = ~pl.col("unreadable").list.contains("from_date") & ~pl.col("unreadable").list.contains("to_date")
    return (
        cells_read
        & ~_is_unread("from_date", "first")
        & ~_is_unread("to_date", "last")
        & ~(pl.col("first") > pl.col("last")).fill_null(value=False)
    ).alias("has_readable_dates")


def _dates(rows: pl.DataFrame) -> pl.DataFrame:
    """Close reading 12: a date that is none, or a pair that is reversed."""
    reversed_pair = (pl.col("first") > pl.col("last")).fill_null(value=False)
    return all_findings(
        raised(
            FindingCode.DATE_INVALID,
            rows.filter(_is_unread("from_date", "first") | reversed_pair),
            column="from_date",
            found=pl.concat_str("from_date", "to_date", separator=" - ", ignore_nulls=True),
        ),
        raised(
            FindingCode.DATE_INVALID,
            rows.filter(_is_unread("to_date", "last")),
            column="to_date",
            found=pl.col("to_date"),
        ),
    )


def _unreadable_cells(rows: pl.DataFrame) -> pl.DataFrame:
    cells = (
        rows.select("centre_code", "source_row", pl.col("unreadable").alias("column_name"))
        .explode("column_name")
        .drop_nulls("column_name")
        .filter(~pl.col("column_name").is_in(_NEVER_BLOCKS))
    )
    header = pl.col("column_name").replace(OFFICIAL_HEADERS)
    return raised(FindingCode.CELL_UNREADABLE, cells, column=pl.col("column_name"), expected=header)


def _looked_up(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Words of closed lists as their codes; an unknown word is null."""
    policy = facts.policy
    coded = rows.with_columns(
        _codes(rows, "staff_category", policy.category_words.get),
        _duty(rows, facts),
        _codes(rows, "monitored_service", policy.monitored_service_words.get),
        _codes(rows, "work_mode", policy.mode_words.get).alias("mode_by_word"),
        _mode_by_coefficient(rows["coefficient"], facts).alias("mode_by_coefficient"),
        _mode_by_coefficient(rows["work_mode"], facts).alias("mode_by_number"),
        pl.col("staff_category").alias("category_text"),
        pl.col("duty").alias("duty_text"),
        pl.coalesce("work_mode", "coefficient").alias("mode_text"),
    )
    by_word = pl.coalesce("mode_by_word", "mode_by_number")
    stated = pl.coalesce(by_word, "mode_by_coefficient")
    is_contradicted = (by_word != pl.col("mode_by_coefficient")).fill_null(value=False)
    is_unread = pl.col("work_mode").is_not_null() & by_word.is_null()
    has_coefficient = pl.col("coefficient").is_not_null() | pl.col("unreadable").list.contains("coefficient")
    mode_column = pl.when(pl.col("work_mode").is_null() & has_coefficient)
    return coded.with_columns(
        pl.when(~is_contradicted & ~is_unread).then(stated).alias("work_mode"),
        mode_column.then(pl.lit("coefficient")).otherwise(pl.lit("work_mode")).alias("mode_column"),
        _agency(coded, facts).alias("roster_agency"),
        pl.col("agency_text").str.strip_chars(),
    )


def _agency(rows: pl.DataFrame, facts: MonthFacts) -> pl.Series:
    """The roster's agency as the code of the month (after successions); null for an unknown word.

    Where a district splits its headcount, the agencies of its own decision are known by their words.
    """
    words, successor = facts.policy.agency_words, facts.policy.agency_successor

    def code(word: str) -> str | None:
        found = words.get(word)
        return successor.get(found, found) if found is not None else None

    own = set(facts.posts.select(pl.concat_str("centre_code", "agency", separator="\x1f")).to_series())
    is_own = pl.concat_str("centre_code", "word", separator="\x1f").is_in(sorted(own))
    named = rows.select(
        "centre_code",
        once_each(rows["agency_text"], word_keys).alias("word"),
        _codes(rows, "agency_text", code).alias("code"),
    )
    return named.select(pl.coalesce("code", pl.when(is_own).then("word"))).to_series()


def _duties(facts: MonthFacts) -> Callable[[str], str | None]:
    """Rule 3: a duty's own words, or a monitoring function with or without a word before it.

    Several in one cell count as the first of them when every one is known.
    """
    words = facts.policy.duty_words
    prefixes = [f"{prefix} " for prefix in facts.policy.duty_prefixes]

    def one(word: str) -> str | None:
        shorter = [word.removeprefix(prefix) for prefix in prefixes if word.startswith(prefix)]
        return next((words[candidate] for candidate in (word, *shorter) if candidate in words), None)

    def duty(text: str) -> str | None:
        whole = one(word_key(text))
        if whole is not None:
            return whole
        parts = [word_key(part) for part in _BETWEEN_DUTIES.split(fold(text))]
        found = [one(part) for part in parts if part]
        return found[0] if found and all(found) else None

    return duty


def _duty(rows: pl.DataFrame, facts: MonthFacts) -> pl.Expr:
    """Each different text is looked up once, whole: what stands between several duties matters."""
    duty = _duties(facts)
    texts = rows["duty"].unique().drop_nulls().to_list()
    known = {text: found for text in texts if (found := duty(text)) is not None}
    return pl.col("duty").replace_strict(known, default=None, return_dtype=pl.String).alias("duty")


def _codes(rows: pl.DataFrame, column: str, code: Callable[[str], str | None]) -> pl.Series:
    """The column's words as codes: each different text is looked up once."""
    texts = rows[column].unique().drop_nulls()
    words = texts.to_frame().select(word_keys(pl.col(column))).to_series().to_list()
    found = [None if word is None else code(word) for word in words]
    codes = pl.Series([None if each is None else str(each) for each in found], dtype=pl.String)
    return rows[column].replace_strict(texts, codes, default=None, return_dtype=pl.String)


def _mode_by_coefficient(texts: pl.Series, facts: MonthFacts) -> pl.Series:
    modes = {tenths: str(mode) for mode, tenths in facts.policy.coefficient_tenths.items()}

    def mode(column: pl.Expr) -> pl.Expr:
        text = number_words(column)
        whole, tenth = (whole_number(text.str.extract(_COEFFICIENT, group)) for group in (1, 2))
        return (whole * TENTHS + tenth.fill_null(0)).replace_strict(modes, default=None, return_dtype=pl.String)

    return once_each(texts, mode)


def _person_key() -> pl.Expr:
    """ID, else name and birth date, else the row: what makes a case the same in the next run."""
    birth = pl.coalesce(pl.col("birth_date").cast(pl.String), pl.col("birth_year").cast(pl.String))
    by_name = pl.concat_str(pl.lit("name:"), "name_key", pl.lit("|"), birth)
    by_row = pl.concat_str(pl.lit("row:"), pl.col("source_row").cast(pl.String))
    return pl.coalesce(pl.concat_str(pl.lit("id:"), "person_id"), by_name, by_row).alias("person_key")


def _with_facts(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Adds `facts` for people who stand more than once; nobody else's rows are compared."""
    key = ["centre_code", "source_row"]
    several = rows.filter(pl.col("person_id").is_not_null() & pl.col("person_id").is_duplicated())
    return rows.join(several.select(*key, _facts(facts.month)), on=key, how="left", maintain_order="left")


def _facts(month: date) -> pl.Expr:
    """Close reading 7: what must agree before two rows are one, values as understood, else as they stand.

    A blank date is understood as the month's first or last day.
    """
    parts = [
        pl.col("name_key"),
        pl.col("citizen_id"),
        pl.coalesce(pl.col("birth_date").cast(pl.String), pl.col("birth_year").cast(pl.String), _folded("birth_text")),
        pl.coalesce(pl.col("roster_agency"), _folded("agency_text")),
        pl.coalesce(pl.col("staff_category"), _folded("category_text")),
        pl.coalesce(pl.col("duty"), _folded("duty_text")),
        pl.coalesce(pl.col("work_mode"), _folded("mode_text")),
        pl.coalesce(pl.col("shift").cast(pl.String), _folded("shift_text")),
        _day_or_text("first", "from_date", month),
        _day_or_text("last", "to_date", last_day(month)),
        _folded("other_support_name"),
        pl.coalesce(pl.col("other_support_vnd").cast(pl.String), _folded("other_support_text")),
        pl.col("bank_account"),
        _folded("bank_name"),
        pl.col("unreadable").list.join(","),
    ]
    return pl.concat_str([part.fill_null("") for part in parts], separator="\x1f").alias("facts")


def _day_or_text(day: str, text: str, blank: date) -> pl.Expr:
    is_blank = pl.col(text).is_null() & ~pl.col("unreadable").list.contains(text)
    understood = pl.when(is_blank).then(pl.lit(blank)).otherwise(day)
    return pl.coalesce(understood.cast(pl.String), _folded(text))


def _folded(column: str) -> pl.Expr:
    return folded(pl.col(column))


RULE = Rule(
    key=RuleKey.CELLS,
    title_vi="Các ô đọc được",
    title_en="Cells can be read",
    clause="Sổ tay quy tắc mục 4, 5",
    cells=("full_name", "birth_date"),
    reads=tuple(RAW_ROSTER),
    adds=tuple(column for column in ROSTER if column not in RAW_ROSTER),
    apply=validate,
)
