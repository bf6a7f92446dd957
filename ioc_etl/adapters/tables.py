"""The tables of sql/migrations as SQLAlchemy knows them. A test holds the two together.

Tables that hold a frame of `schemas` take their columns from its contract.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from schemas.budget import ALLOCATION
from schemas.decision import DECISION
from schemas.finding import FINDING
from schemas.payment_line import PAYMENT_LINE
from schemas.posts import DAY_POSTS
from schemas.waiver import WAIVER

METADATA = sa.MetaData()

_SQL_TYPES: dict[pl.DataType, sa.types.TypeEngine[Any]] = {
    pl.String(): sa.Text(),
    pl.Int32(): sa.Integer(),
    pl.Int64(): sa.BigInteger(),
    pl.Boolean(): sa.Boolean(),
    pl.Date(): sa.Date(),
    pl.List(pl.String()): ARRAY(sa.Text()),
}


def _of(contract: Mapping[str, pl.DataType], *without: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, _SQL_TYPES[kind]) for name, kind in contract.items() if name not in without]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text()) for name in names]


def _counts(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger()) for name in names]


_ROWS = ("rows_read", "paid_rows", "superseded_rows", "held_rows", "merged_rows")


def _landing(name: str, *columns: sa.Column[Any]) -> sa.Table:
    return sa.Table(name, METADATA, *columns, schema="landing")


CONTENT = _landing("content", *_texts("sha256"), *_counts("size_bytes"), sa.Column("bytes", sa.LargeBinary()))

SOURCE_FILE = _landing(
    "source_file",
    sa.Column("source_file_id", sa.Uuid()),
    sa.Column("reference_month", sa.Date()),
    *_texts("kind", "centre_code", "register_name", "file_name", "origin", "sha256", "verdict"),
    sa.Column("received_at", sa.DateTime(timezone=True)),
    sa.Column("is_too_large", sa.Boolean()),
    sa.Column("is_latest", sa.Boolean()),
    sa.Column("is_in_force", sa.Boolean()),
)

LAST_PULL = _landing(
    "last_pull",
    sa.Column("reference_month", sa.Date()),
    *_texts("kind", "code"),
    *_counts("pull_no"),
    sa.Column("began_at", sa.DateTime(timezone=True)),
)

FIRST_SIGHT = _landing("first_sight", sa.Column("source_file_id", sa.Uuid()), *_texts("place"), *_counts("pull_no"))

MENDED_ROSTER = _landing(
    "mended_roster",
    sa.Column("reference_month", sa.Date()),
    *_texts("centre_code", "sent_sha256", "base_sha256", "others", "whole_sha256", "reason", "actor"),
    sa.Column("at", sa.DateTime(timezone=True)),
)

MONTH = sa.Table(
    "month",
    METADATA,
    sa.Column("reference_month", sa.Date()),
    sa.Column("current_run_id", sa.Uuid()),
    schema="payroll",
)

RUN = sa.Table(
    "run",
    METADATA,
    sa.Column("run_id", sa.Uuid()),
    sa.Column("run_no", sa.BigInteger()),
    sa.Column("reference_month", sa.Date()),
    *[sa.Column(name, sa.DateTime(timezone=True)) for name in ("started_at", "finished_at", "pull_began_at")],
    sa.Column("requested_centres", ARRAY(sa.Text())),
    sa.Column("ignored_files", ARRAY(sa.Text())),
    sa.Column("refused_loading", ARRAY(sa.Text())),
    sa.Column("waiver_ids", ARRAY(sa.Uuid())),
    sa.Column("standing_ids", ARRAY(sa.Uuid())),
    sa.Column("confirmed_sha256", ARRAY(sa.Text())),
    sa.Column("month_before_run_id", sa.Uuid()),
    sa.Column("same_as_run_id", sa.Uuid()),
    *_texts("status", "actor", "input_fingerprint", "policy_version", "code_version", "message"),
    *_counts("ledger_position", "pull_no", "register_pull_no", "known_pull_no", *_ROWS, "amount_vnd", "findings"),
    sa.Column("adjustment_ends_on", sa.Date()),
    schema="payroll",
)

RUN_CENTRE = sa.Table(
    "run_centre",
    METADATA,
    sa.Column("run_id", sa.Uuid()),
    sa.Column("source_file_id", sa.Uuid()),
    *_texts("centre_code", "funding_source", "file_status", "pulled_status"),
    *[sa.Column(name, sa.Integer()) for name in (*_ROWS, "quota")],
    *_counts("amount_vnd", "budget_year_vnd", "committed_year_vnd"),
    sa.Column("layout", JSONB()),
    schema="payroll",
)

RUN_BUDGET = sa.Table("run_budget", METADATA, sa.Column("run_id", sa.Uuid()), *_of(ALLOCATION), schema="payroll")

RUN_POSTS = sa.Table("run_posts", METADATA, sa.Column("run_id", sa.Uuid()), *_of(DAY_POSTS), schema="payroll")

RUN_DUE = sa.Table(
    "run_due",
    METADATA,
    sa.Column("run_id", sa.Uuid()),
    *_texts("centre_code", "kind", "sha256", "content_sha256"),
    *_counts("lines", "amount_vnd"),
    schema="payroll",
)

RUN_SOURCE = sa.Table(
    "run_source",
    METADATA,
    sa.Column("run_id", sa.Uuid()),
    sa.Column("source_file_id", sa.Uuid()),
    *_texts("purpose"),
    schema="payroll",
)

DECISIONS = sa.Table("decision", METADATA, sa.Column("run_id", sa.Uuid()), *_of(DECISION), schema="payroll")

CASE = sa.Table(
    "case",
    METADATA,
    sa.Column("case_id", sa.Uuid()),
    sa.Column("reference_month", sa.Date()),
    *_texts("centre_code", "code", "column_name", "person_key", "status"),
    sa.Column("first_run_id", sa.Uuid()),
    sa.Column("last_run_id", sa.Uuid()),
    schema="payroll",
)

FINDINGS = sa.Table(
    "finding",
    METADATA,
    sa.Column("run_id", sa.Uuid()),
    sa.Column("position", sa.Integer()),
    sa.Column("case_id", sa.Uuid()),
    *_of(FINDING),
    schema="payroll",
)

WAIVERS = sa.Table(
    "waiver",
    METADATA,
    sa.Column("waiver_id", sa.Uuid()),
    *_of(WAIVER, "waiver_id"),
    *_texts("actor"),
    sa.Column("created_at", sa.DateTime(timezone=True)),
    schema="payroll",
)

BATCH = sa.Table(
    "batch",
    METADATA,
    sa.Column("batch_id", sa.Uuid()),
    sa.Column("reference_month", sa.Date()),
    *_texts("centre_code", "kind", "funding_source", "status", "content_sha256"),
    sa.Column("number", sa.Integer()),
    sa.Column("run_id", sa.Uuid()),
    schema="payroll",
)

PAYMENT_LINES = sa.Table(
    "payment_line",
    METADATA,
    sa.Column("payment_id", sa.Uuid()),
    sa.Column("batch_id", sa.Uuid()),
    sa.Column("run_id", sa.Uuid()),
    *_of(PAYMENT_LINE),
    *_texts("source_sha256"),
    schema="payroll",
)

ACTOR = sa.Table(
    "actor",
    METADATA,
    *_texts("actor", "full_name", "password_hash", "token_sha256"),
    sa.Column("roles", ARRAY(sa.Text())),
    sa.Column("is_active", sa.Boolean()),
    sa.Column("created_at", sa.DateTime(timezone=True)),
    *_texts("created_by"),
    schema="payroll",
)

RUN_LINK = sa.Table(
    "run_link", METADATA, sa.Column("run_id", sa.Uuid()), *_texts("former_id", "person_id"), schema="payroll"
)

_DONE = ("actor", "reason")


def _step(name: str, key: sa.Column[Any], *columns: sa.Column[Any]) -> sa.Table:
    return sa.Table(name, METADATA, key, *columns, sa.Column("at", sa.DateTime(timezone=True)), schema="payroll")


SUBMISSION = _step(
    "submission",
    sa.Column("batch_id", sa.Uuid()),
    *_texts("content_sha256", "basis_sha256", *_DONE),
    *_counts("submission_no"),
)
APPROVAL = _step(
    "approval",
    sa.Column("batch_id", sa.Uuid()),
    *_texts("content_sha256", "basis_sha256", "paper", *_DONE),
    sa.Column("run_id", sa.Uuid()),
    sa.Column("pay_date", sa.Date()),
    *_counts("amount_vnd", "audit_seq"),
)
VOID = _step(
    "void", sa.Column("batch_id", sa.Uuid()), *_texts(*_DONE), sa.Column("run_id", sa.Uuid()), *_counts("audit_seq")
)
EXPORT = _step(
    "export",
    sa.Column("batch_id", sa.Uuid()),
    *_texts("sha256", "file_name", "actor"),
    sa.Column("is_draft", sa.Boolean()),
)
CONFIRMATION = _step(
    "confirmation",
    sa.Column("batch_id", sa.Uuid()),
    sa.Column("paid_on", sa.Date()),
    *_texts("actor"),
    *_counts("audit_seq"),
)
LINE_RESULT = _step(
    "line_result",
    sa.Column("payment_id", sa.Uuid()),
    *_texts("result", *_DONE),
    sa.Column("result_on", sa.Date()),
    *_counts("amount_vnd", "audit_seq"),
)
RECOVERY_CONFIRMATION = _step(
    "recovery_confirmation",
    sa.Column("payment_id", sa.Uuid()),
    sa.Column("run_id", sa.Uuid()),
    *_texts(*_DONE),
    *_counts("amount_vnd"),
)
STANDING_ROW = _step(
    "standing",
    sa.Column("standing_id", sa.Uuid()),
    sa.Column("reference_month", sa.Date()),
    *_texts("centre_code", "person_id", "source_sha256", "work_mode", *_DONE),
    *[sa.Column(name, sa.Integer()) for name in ("source_row", "roster_days")],
    *_counts("standing_no"),
)
WAIVER_END = _step("waiver_end", sa.Column("waiver_id", sa.Uuid()), *_texts(*_DONE))
OPENING_LINE = _step(
    "opening_line",
    sa.Column("payment_id", sa.Uuid()),
    sa.Column("reference_month", sa.Date()),
    *_texts("centre_code", "funding_source", "person_id", "citizen_id", "full_name", "document", "source_sha256"),
    *_texts("actor"),
    *_counts("amount_vnd", "audit_seq"),
    sa.Column("replaces", sa.Uuid()),
)
OPENING_END = _step("opening_end", sa.Column("payment_id", sa.Uuid()), *_texts(*_DONE), *_counts("audit_seq"))

POLICY_DOCUMENT = sa.Table(
    "policy_document", METADATA, *_texts("policy_version"), sa.Column("documents", JSONB()), schema="payroll"
)

AUDIT_EVENT = sa.Table(
    "audit_event",
    METADATA,
    sa.Column("seq", sa.BigInteger()),
    sa.Column("at", sa.DateTime(timezone=True)),
    *_texts("actor", "action", "prev_hash", "hash"),
    sa.Column("reference_month", sa.Date()),
    sa.Column("run_id", sa.Uuid()),
    sa.Column("detail", JSONB()),
    schema="payroll",
)
