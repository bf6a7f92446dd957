"""Months as a run would write them, small and by hand: factories state the difference."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import polars as pl
import sqlalchemy as sa

from ioc_etl.adapters.clock import Clock
from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.adapters.sources import PulledFile
from ioc_etl.adapters.store import (
    MonthRecord,
    OfferedFiles,
    RunFacts,
    Written,
    keep_files,
    ledger_position,
    month_transaction,
    read_month_state,
    write_run,
)
from ioc_etl.adapters.store_pulls import begin_pull
from ioc_etl.policy.resolve import policy_at
from schemas.budget import ALLOCATION
from schemas.decision import DECISION
from schemas.finding import FINDING
from schemas.payment_line import PAYMENT_LINE
from schemas.vocabulary import FileStatus, Outcome, RunStatus

MONTH = date(2022, 1, 1)
NOON = datetime(2022, 2, 3, 12, 0, tzinfo=UTC)
DIRECT_VND = 2_235_000
ALL_DAYS = 2**31 - 1
PLENTY_VND = 900_000_000_000
PERMITTED_BASIS = policy_at(load_policy(Path(__file__).parents[1] / "permitted"), MONTH).basis_for("dong-xoai")
"""What a line of January rests on where a text allows payment."""

_SOURCES = ("tinh", "dong_xoai", "phuoc_long", "binh_long")


def run_id(number: int) -> UUID:
    return UUID(int=number)


def run_facts(number: int = 1, **difference: object) -> RunFacts:
    facts = RunFacts(
        run_id=run_id(number),
        reference_month=MONTH,
        status=RunStatus.COMPLETED,
        started_at=NOON,
        finished_at=NOON,
        actor="tests",
        input_fingerprint="f" * 64,
        ledger_position=0,
        policy_version="p" * 64,
        code_version="0.1.0",
        register_pull_no=number,
    )
    return replace(facts, **difference)  # type: ignore[arg-type]


def pulled(data: bytes = b"a roster", name: str = "dong-xoai.xlsx") -> PulledFile:
    return PulledFile(name, f"/input/rosters/2022-01/{name}", data, hashlib.sha256(data).hexdigest())


def decision(source_row: int = 10, **difference: object) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(DECISION)
    row |= {
        "reference_month": MONTH,
        "centre_code": "dong-xoai",
        "sheet": "T1",
        "source_row": source_row,
        "row_no": str(source_row - 9),
        "person_id": f"0700990{source_row:05}",
        "citizen_id": f"0700990{source_row:05}",
        "full_name": "Nguyễn Thị Thử",
        "staff_category": "civil_servant",
        "duty": "service_operation",
        "work_mode": "direct",
        "bank_account": f"555{source_row:07}",
        "bank_name": "Ngân hàng Thử",
        "coefficient_tenths": 15,
        "base_salary_vnd": 1_490_000,
        "full_amount_vnd": DIRECT_VND,
        "days_on_duty": 31,
        "roster_days": ALL_DAYS,
        "post_days": ALL_DAYS,
        "has_no_right": False,
        "outcome": "paid",
        "amount_vnd": DIRECT_VND,
        "codes": [],
        "open_codes": [],
    }
    return row | difference


HELD = {"outcome": "held", "amount_vnd": 0, "post_days": 0, "codes": ["ID_MISSING"], "open_codes": ["ID_MISSING"]}


def held(source_row: int = 11, **difference: object) -> dict[str, object]:
    return decision(
        source_row,
        **{
            "outcome": "held",
            "amount_vnd": 0,
            "post_days": 0,
            "codes": ["ID_MISSING"],
            "open_codes": ["ID_MISSING"],
            **difference,
        },
    )


def finding(**difference: object) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(FINDING)
    row |= {
        "code": "ID_MISSING",
        "centre_code": "dong-xoai",
        "source_row": 11,
        "column_name": "citizen_id",
        "level": "row",
        "severity": "block",
        "is_waivable": False,
        "is_waived": False,
        "sheet": "T1",
        "row_no": "2",
        "cell": "D11",
        "citizen_id": "070099000011",
        "full_name": "Nguyễn Thị Thử",
        "person_key": "070099000011",
        "amount_at_stake_vnd": DIRECT_VND,
        "message_vi": "Thiếu số CCCD",
        "message_en": "The ID is missing",
        "how_to_fix_vi": "Ghi số CCCD",
        "how_to_fix_en": "Write the ID",
        "legal_basis": "Khoản 1",
    }
    return row | difference


def frame(rows: Iterable[Mapping[str, object]], contract: Mapping[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(contract), orient="row")


def lines_of(decisions: pl.DataFrame) -> pl.DataFrame:
    paid = decisions.filter(pl.col("amount_vnd") > 0)
    return paid.with_columns(
        pl.lit("regular").alias("batch_kind"),
        pl.lit(PERMITTED_BASIS).alias("legal_basis"),
        pl.lit("decided").alias("cause"),
        pl.lit(None, dtype=pl.String).alias("cause_detail"),
    ).select(list(PAYMENT_LINE))


def arrears(*rows: Mapping[str, object]) -> pl.DataFrame:
    """Lines that pay these rows after their month was approved."""
    return lines_of(frame(rows, DECISION)).with_columns(pl.lit("arrears").alias("batch_kind"))


def recovery(*rows: Mapping[str, object], cause: str = "decided") -> pl.DataFrame:
    """Lines that take back what these rows were paid."""
    return lines_of(frame(rows, DECISION)).with_columns(
        pl.lit("recovery").alias("batch_kind"),
        -pl.col("amount_vnd"),
        pl.lit(cause).alias("cause"),
        pl.lit(0, dtype=pl.Int32).alias("post_days"),
    )


def centre(code: str, decisions: pl.DataFrame, **difference: object) -> dict[str, object]:
    own = decisions.filter(pl.col("centre_code") == code)
    counts = {f"{kind}_rows": own.filter(pl.col("outcome") == kind).height for kind in Outcome}
    row: dict[str, object] = {
        "centre_code": code,
        "funding_source": code,
        "file_status": "accepted",
        "rows_read": own.height,
        **counts,
        "amount_vnd": int(own["amount_vnd"].sum()),
        "quota": 9,
        "budget_year_vnd": PLENTY_VND,
        "committed_year_vnd": 0,
    }
    return row | difference


def budgets(year: int = 2022, **sources: int) -> pl.DataFrame:
    """What a budget register gives a year, in đồng by funding source (`dong_xoai` for `dong-xoai`)."""
    rows = [
        {"funding_source": code.replace("_", "-"), "year": year, "amount_vnd": amount}
        for code, amount in sources.items()
    ]
    return frame(rows, ALLOCATION)


def month_record(
    files: Mapping[str, UUID],
    rows: Iterable[Mapping[str, object]] = (),
    findings: Iterable[Mapping[str, object]] = (),
    *,
    run: RunFacts | None = None,
    missing: Iterable[str] = (),
) -> MonthRecord:
    """A record of the centres in `files`, and of those that sent nothing."""
    decisions = frame(rows, DECISION)
    centres = [centre(code, decisions) for code in files]
    centres += [centre(code, decisions, file_status="missing", quota=None) for code in missing]
    return MonthRecord(
        run=run or run_facts(),
        centres=pl.DataFrame(centres, infer_schema_length=None),
        decisions=decisions,
        findings=frame(findings, FINDING),
        lines=lines_of(decisions),
        files=files,
        offers={code: OfferedFiles(FileStatus.ACCEPTED, (file_id,)) for code, file_id in files.items()},
        budgets=pl.concat([budgets(year, **dict.fromkeys(_SOURCES, PLENTY_VND)) for year in (2022, 2023)]),
    )


def kept(engine: sa.Engine, month: date = MONTH, **rosters: bytes) -> dict[str, UUID]:
    """Keep one roster per centre (`dong_xoai` for `dong-xoai`); their ids by centre code."""
    by_code = {code.replace("_", "-"): data for code, data in rosters.items()}
    ids = keep_files(
        engine,
        month,
        pull_no=begin_pull(engine),
        began_at=NOON,
        clock=Clock.stopped_at(NOON),
        rosters={code: [pulled(data, f"{code}.xlsx")] for code, data in by_code.items()},
        registers={},
    )
    return {code: file_ids[0] for (_, code), file_ids in ids.items()}


def posts_of(record: MonthRecord) -> pl.DataFrame:
    """The posts that a record's centres have all month, and those of the agencies that its decisions name."""
    days = pl.lit(ALL_DAYS, dtype=pl.Int32).alias("days")
    of_centres = record.centres.select(
        "centre_code",
        pl.lit(None, dtype=pl.String).alias("agency"),
        days,
        pl.col("quota").cast(pl.Int32).alias("posts"),
    )
    of_agencies = (
        record.decisions.drop_nulls(["agency", "quota_limit"])
        .group_by("centre_code", "agency")
        .agg(pl.col("quota_limit").max().alias("posts"))
        .select("centre_code", "agency", days, "posts")
    )
    return pl.concat([of_centres, of_agencies]).drop_nulls("posts")


def write(engine: sa.Engine, record: MonthRecord) -> Written:
    """As the pipeline does: one transaction under the month's lock."""
    if record.posts.is_empty() and "quota" in record.centres.columns:
        record = replace(record, posts=posts_of(record))
    with month_transaction(engine, record.run.reference_month, record.run.run_id) as connection:
        read_month_state(connection, record.run.reference_month)
        return write_run(connection, record)


def write_knowing(engine: sa.Engine, record: MonthRecord, number: int = 1) -> int:
    """Write it as the work of a run that knows the ledger as it stands; the ledger's position."""
    with engine.connect() as connection:
        position = ledger_position(connection)
    write(engine, replace(record, run=run_facts(number, ledger_position=position)))
    return position
