"""Registers: cells -> typed frames, and findings for what cannot be read.

Source: rulebook section 5 (columns) and close reading 17 (what a bad row stops).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from ioc_etl.core.dates import parsed_date
from ioc_etl.core.identity import id_digits, is_cmnd, is_whole_id, restored
from ioc_etl.core.money import parsed_vnd
from ioc_etl.core.register_silence import silent_list
from ioc_etl.core.register_table import RegisterTable, register_table
from ioc_etl.core.text import word_keys
from ioc_etl.core.whole_numbers import whole_number
from ioc_etl.policy.model import Centre, MonthPolicy
from schemas.finding import RAISED
from schemas.register import APPROVED_LIST, BUDGET, ESTABLISHMENT, IDENTITY_LINK, OTHER_SUPPORT
from schemas.sheet_cells import WorkbookCells
from schemas.vocabulary import CentreKind, FindingCode, ListKind, RegisterName

_OPTIONAL_REGISTERS = frozenset({RegisterName.BUDGET, RegisterName.IDENTITY_LINK})


@dataclass(frozen=True, slots=True)
class Registers:
    """The five registers by their contracts (`schemas.register`), good rows only where a bad row stops its centre.

    `findings` (`schemas.finding.RAISED`): REGISTER_MISSING and REGISTER_INVALID about the run, REGISTER_ROW_INVALID
    about a centre.
    """

    approved_list: pl.DataFrame
    establishment: pl.DataFrame
    other_support: pl.DataFrame
    budget: pl.DataFrame
    identity_link: pl.DataFrame
    findings: pl.DataFrame


def read_registers(
    books: Mapping[RegisterName, WorkbookCells | None],
    *,
    policy: MonthPolicy,
    centres: Mapping[str, Centre],
    unreadable: Collection[RegisterName] = (),
) -> Registers:
    """All registers of an input root. `books` holds None for a register that is not there."""
    findings: list[pl.DataFrame] = []
    tables: dict[RegisterName, pl.DataFrame] = {}
    for name in RegisterName:
        table = _table(name, books.get(name), is_unreadable=name in unreadable)
        tables[name] = table.rows
        findings.extend(_about_whole(name, table))
        if name is RegisterName.APPROVED_LIST:
            findings.append(silent_list(table, policy, centres))
    approved, bad_approved = _approved_list(tables[RegisterName.APPROVED_LIST], policy, centres)
    headcounts, bad_headcounts = _establishment(tables[RegisterName.ESTABLISHMENT], policy, centres)
    supports, bad_supports = _other_support(tables[RegisterName.OTHER_SUPPORT], policy)
    links, bad_links = _identity_link(tables[RegisterName.IDENTITY_LINK], policy)
    return Registers(
        approved_list=approved,
        establishment=headcounts,
        other_support=supports,
        budget=_budget(tables[RegisterName.BUDGET]),
        identity_link=links,
        findings=pl.concat(
            [pl.DataFrame(schema=RAISED), *findings, bad_approved, bad_headcounts, bad_supports, bad_links]
        ),
    )


def _table(name: RegisterName, book: WorkbookCells | None, *, is_unreadable: bool) -> RegisterTable:
    if is_unreadable:
        return RegisterTable.invalid(name, "không đọc được tệp")
    if book is None:
        return RegisterTable.absent(name)
    return register_table(name, book)


def _about_whole(name: RegisterName, table: RegisterTable) -> list[pl.DataFrame]:
    row: tuple[str | None, ...]
    if table.is_absent and name not in _OPTIONAL_REGISTERS:
        row = (FindingCode.REGISTER_MISSING.value, None, None, None, None, None, name.value, f"registers/{name}.csv")
    elif table.problem is not None:
        row = (FindingCode.REGISTER_INVALID.value, None, None, None, None, table.problem, name.value, None)
    else:
        return []
    return [pl.DataFrame([row], schema=RAISED, orient="row")]


def _bad_rows(rows: pl.DataFrame, name: RegisterName, *, code: pl.Expr, centre: pl.Expr) -> pl.DataFrame:
    """A finding per row with a `fault` (the column at fault): of its centre, or of the run."""
    return rows.filter(pl.col("fault").is_not_null()).select(
        code.alias("code"),
        centre.alias("centre_code"),
        pl.lit(None, dtype=pl.String).alias("source_file"),
        pl.lit(None, dtype=pl.Int32).alias("source_row"),
        pl.lit(None, dtype=pl.String).alias("column_name"),
        pl.format("{} không hợp lệ", "fault").alias("found"),
        pl.when(code == FindingCode.REGISTER_INVALID.value)
        .then(pl.lit(name.value))
        .otherwise(pl.lit("giá trị đọc được"))
        .alias("expected"),
        pl.format(f"{name.value} dòng {{}}", "register_row").alias("place"),
    )


def _stops_its_centre(rows: pl.DataFrame, name: RegisterName) -> pl.DataFrame:
    """A bad row stops its centre; a row of a centre that nobody knows is told; without a centre it stops the run."""
    knows_centre = pl.col("centre_text").is_not_null()
    code = (
        pl.when(knows_centre)
        .then(pl.lit(FindingCode.REGISTER_ROW_INVALID.value))
        .otherwise(pl.lit(FindingCode.REGISTER_INVALID.value))
    )
    return _bad_rows(rows, name, code=code, centre=pl.col("centre_code"))


def _stops_the_run(rows: pl.DataFrame, name: RegisterName) -> pl.DataFrame:
    return _bad_rows(rows, name, code=pl.lit(FindingCode.REGISTER_INVALID.value), centre=pl.lit(None, dtype=pl.String))


def _fault(**faults: pl.Expr) -> pl.Expr:
    """The first column that is at fault, null when the row is good."""
    return pl.coalesce(
        *(pl.when(is_bad.fill_null(value=False)).then(pl.lit(name)) for name, is_bad in faults.items())
    ).alias("fault")


def _any_fault(**faults: pl.Expr) -> pl.Expr:
    """The first column that is at fault, be it that its formula failed."""
    return pl.coalesce(pl.col("failed"), _fault(**faults)).alias("fault")


def _unread(parsed: str) -> pl.Expr:
    """A cell with text that could not be understood."""
    return pl.col(f"{parsed}_text").is_not_null() & pl.col(parsed).is_null()


def _dated(rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
    return rows.with_columns(
        *(pl.col(column).alias(f"{column}_text") for column in columns),
        *(parsed_date(pl.col(column)).alias(column) for column in columns),
    )


def _counted(column: str) -> pl.Expr:
    digits = pl.col(column).str.replace(r"[.,]0+$", "")
    return whole_number(digits)


def _known_centre(centres: Mapping[str, Centre]) -> tuple[pl.Expr, pl.Expr]:
    """The code where the registry knows it, and what stands there."""
    code = pl.col("centre_code").str.to_lowercase()
    return pl.when(code.is_in(sorted(centres))).then(code).alias("centre_code"), code.alias("centre_text")


def _whole_id(column: str, policy: MonthPolicy) -> pl.Expr:
    """The ID with its lost zeros; null when it is none."""
    digits = id_digits(pl.col(column))
    padded = pl.coalesce(restored(digits, policy), digits)
    return pl.when(is_whole_id(padded, policy) | is_cmnd(padded, policy)).then(padded)


def _agency(policy: MonthPolicy) -> pl.Expr:
    code = word_keys(pl.col("agency")).replace_strict(dict(policy.agency_words), default=None, return_dtype=pl.String)
    return pl.coalesce(code, "agency").alias("agency")


def _is_reversed() -> pl.Expr:
    return pl.col("valid_from") > pl.col("valid_to")


def _approved_list(
    rows: pl.DataFrame, policy: MonthPolicy, centres: Mapping[str, Centre]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    kinds = {"": ListKind.ADDITION.value, **{kind.value: kind.value for kind in ListKind}}
    kind = pl.col("list_kind").fill_null("").str.to_lowercase()
    read = _dated(rows, "decision_date", "valid_from", "valid_to").with_columns(
        *_known_centre(centres),
        pl.col("list_order").alias("list_order_text"),
        _counted("list_order").alias("list_order"),
        _whole_id("citizen_id", policy).alias("citizen_id"),
        kind.replace_strict(kinds, default=None, return_dtype=pl.String).alias("list_kind"),
        _agency(policy),
    )
    judged = read.with_columns(
        _any_fault(
            centre_code=pl.col("centre_code").is_null(),
            decision_no=pl.col("decision_no").is_null(),
            decision_date=pl.col("decision_date").is_null(),
            valid_from=pl.col("valid_from").is_null(),
            valid_to=_unread("valid_to") | _is_reversed(),
            list_order=_unread("list_order"),
            full_name=pl.col("full_name").is_null(),
            citizen_id=pl.col("citizen_id").is_null(),
            list_kind=pl.col("list_kind").is_null(),
        )
    )
    good = judged.filter(pl.col("fault").is_null()).select(list(APPROVED_LIST))
    return good, _stops_its_centre(judged, RegisterName.APPROVED_LIST)


def _establishment(
    rows: pl.DataFrame, policy: MonthPolicy, centres: Mapping[str, Centre]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    read = _dated(rows, "decision_date", "valid_from", "valid_to").with_columns(
        *_known_centre(centres), _counted("headcount").alias("headcount"), _agency(policy)
    )
    judged = read.with_columns(
        _any_fault(
            centre_code=pl.col("centre_code").is_null(),
            decision_no=pl.col("decision_no").is_null(),
            decision_date=pl.col("decision_date").is_null(),
            valid_from=pl.col("valid_from").is_null(),
            valid_to=_unread("valid_to") | _is_reversed(),
            headcount=pl.col("headcount").is_null(),
            agency=_is_bad_split(policy.centre_quota[CentreKind.DISTRICT]),
        )
    )
    good = judged.filter(pl.col("fault").is_null()).select(list(ESTABLISHMENT))
    return good, _stops_its_centre(judged, RegisterName.ESTABLISHMENT)


def _is_bad_split(quota: int) -> pl.Expr:
    """Rule 9: a decision that gives its posts to agencies gives them all so, and no more than the quota at one time."""
    decision = ["centre_code", "decision_no", "decision_date"]
    has_agency = pl.col("agency").is_not_null()
    is_mixed = has_agency.any().over(decision) & ~has_agency.all().over(decision)
    together = pl.col("headcount").sum().over([*decision, "valid_from", "valid_to"])
    return is_mixed | (has_agency.any().over(decision) & (together > quota))


def _other_support(rows: pl.DataFrame, policy: MonthPolicy) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A bad row with a readable ID holds that person; without one it stops the run."""
    read = _dated(rows, "valid_from", "valid_to").with_columns(
        _whole_id("citizen_id", policy).alias("citizen_id"),
        pl.col("amount_vnd").alias("amount_text"),
        parsed_vnd(pl.col("amount_vnd")).alias("amount_vnd"),
    )
    judged = (
        _of_the_catalogue(read, policy)
        .with_columns(_fault(citizen_id=pl.col("citizen_id").is_null()))
        .with_columns(
            (
                pl.col("failed").is_null()
                & pl.col("amount_vnd").is_not_null()
                & pl.col("valid_from").is_not_null()
                & ~_unread("valid_from")
                & ~_unread("valid_to")
                & ~_is_reversed().fill_null(value=False)
            ).alias("is_readable")
        )
    )
    good = judged.filter(pl.col("fault").is_null()).select(list(OTHER_SUPPORT))
    return good, _stops_the_run(judged, RegisterName.OTHER_SUPPORT)


def _of_the_catalogue(rows: pl.DataFrame, policy: MonthPolicy) -> pl.DataFrame:
    """A regime named by its code or a word of the catalogue: its name, and where the row is blank its amount and days.

    No day counts on which the regime is not valid; a row that has none left is of no month.
    """
    codes = word_keys(pl.col("regime")).replace_strict(dict(policy.regime_words), default=None, return_dtype=pl.String)
    regimes = pl.DataFrame(
        [
            (each.code, each.name, each.amount_vnd, each.valid_from, each.valid_to)
            for each in policy.other_regimes.values()
        ],
        schema={"code": pl.String, "name": pl.String, "vnd": pl.Int64, "begins": pl.Date, "ends": pl.Date},
        orient="row",
    )
    known = rows.with_columns(codes.alias("code")).join(regimes, on="code", how="left", maintain_order="left")
    is_read = {name: ~_unread(name) for name in ("valid_from", "valid_to")}
    return known.with_columns(
        pl.coalesce("name", "regime").alias("regime"),
        pl.when(pl.col("amount_text").is_null()).then("vnd").otherwise("amount_vnd").alias("amount_vnd"),
        pl.when(is_read["valid_from"]).then(pl.max_horizontal("valid_from", "begins")).alias("valid_from"),
        pl.when(is_read["valid_to"]).then(pl.min_horizontal("valid_to", "ends")).alias("valid_to"),
    )


def _budget(rows: pl.DataFrame) -> pl.DataFrame:
    """A bad row speaks of its funding source, or of all when that cannot be read."""
    read = _dated(rows, "decision_date").with_columns(
        pl.col("funding_source").str.to_lowercase(),
        _counted("year").alias("year"),
        parsed_vnd(pl.col("amount_vnd")).alias("amount_vnd"),
    )
    is_readable = pl.col("failed").is_null() & (
        pl.col("funding_source").is_not_null() & pl.col("year").is_not_null() & pl.col("amount_vnd").is_not_null()
    )
    return read.with_columns((is_readable & ~_unread("decision_date")).alias("is_readable")).select(list(BUDGET))


def _identity_link(rows: pl.DataFrame, policy: MonthPolicy) -> tuple[pl.DataFrame, pl.DataFrame]:
    read = rows.with_columns(_whole_id("old_id", policy).alias("old_id"), _whole_id("new_id", policy).alias("new_id"))
    judged = read.with_columns(_any_fault(old_id=pl.col("old_id").is_null(), new_id=pl.col("new_id").is_null()))
    good = judged.filter(pl.col("fault").is_null()).select(list(IDENTITY_LINK))
    is_one_of_several = pl.col("new_id").n_unique().over("old_id") > 1
    return good, pl.concat(
        [_stops_the_run(judged, RegisterName.IDENTITY_LINK), _contradicting(good.filter(is_one_of_several))]
    )


def _contradicting(links: pl.DataFrame) -> pl.DataFrame:
    """One ID that is linked to several others: told once, with its rows; nobody knows which of them is meant."""
    told = links.group_by("old_id").agg(pl.col("register_row").min().alias("first"), _row_numbers()).sort("first")
    return told.select(
        pl.lit(FindingCode.REGISTER_INVALID.value).alias("code"),
        *(pl.lit(None, dtype=RAISED[name]).alias(name) for name in list(RAISED)[1:5]),
        pl.lit("một số căn cước cũ được nối với nhiều số mới").alias("found"),
        pl.lit(RegisterName.IDENTITY_LINK.value).alias("expected"),
        pl.format(f"{RegisterName.IDENTITY_LINK.value} dòng {{}}", "row_numbers").alias("place"),
    )


def _row_numbers() -> pl.Expr:
    return pl.col("register_row").sort().cast(pl.String).str.join(", ").alias("row_numbers")
