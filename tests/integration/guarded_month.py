"""A small month of two centres, and plain SQL against the triggers that guard it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import UUID

import pytest
import sqlalchemy as sa

from ioc_etl.errors import DatabaseError
from tests.conftest import Database
from tests.integration.ledger_steps import accounts
from tests.integration.month_records import decision, finding, held, kept, month_record, run_facts, write

OWN_WORK = {
    "waiver": "INSERT INTO payroll.waiver VALUES (gen_random_uuid(), 'ID_MISSING', 'dong-xoai', '070099000011', "
    "'2022-01-01', NULL, 'Đã đối chiếu', 'ca-hai', '2022-02-03 12:00Z')",
    "unwaive": "WITH ended AS (INSERT INTO payroll.waiver VALUES (gen_random_uuid(), 'ID_MISSING', 'dong-xoai', "
    "'070099000011', '2022-01-01', NULL, 'Đã đối chiếu', 'ngan', '2022-02-03 12:00Z') RETURNING waiver_id) "
    "INSERT INTO payroll.waiver_end SELECT waiver_id, 'ca-hai', 'Thu hồi', '2022-02-03 12:00Z' FROM ended",
    "standing": "INSERT INTO payroll.standing (standing_id, reference_month, centre_code, person_id, source_row, "
    "source_sha256, actor, reason, at) SELECT gen_random_uuid(), '2022-01-01', 'dong-xoai', 'x', 11, min(sha256), "
    "'ca-hai', 'Ở đây', '2022-02-03 12:00Z' FROM landing.content",
    "upload": "INSERT INTO landing.mended_roster SELECT '2022-01-01', 'dong-xoai', min(sha256), min(sha256), 'left', "
    "min(sha256), 'Đã nghỉ', 'ca-hai', '2022-02-03 12:00Z' FROM landing.content",
    "opening": "WITH paper AS (SELECT min(sha256) AS sha256 FROM landing.content), e AS ("
    "INSERT INTO payroll.audit_event (at, actor, action, detail) SELECT '2022-02-03 12:00Z', 'ca-hai', 'opening', "
    """jsonb_build_object('source_sha256', sha256) || '{"months": ["2022-01"], "lines": 1, "amount_vnd": 5}' """
    "FROM paper RETURNING seq) INSERT INTO payroll.opening_line SELECT gen_random_uuid(), '2022-01-01', 'dong-xoai', "
    "'dong-xoai', 'x', 'x', 'x', 5, 'UNC 1', sha256, 'ca-hai', '2022-02-03 12:00Z', seq FROM paper, e",
}
"""Words of somebody who may both prepare and approve, each as the row that keeps it."""


def two_centres(database: Database, number: int = 1, **facts: object) -> Database:
    """Two people at Đồng Xoài, one at Bình Long, drafts; somebody who prepares, somebody who approves."""
    rows = [decision(10), decision(12), held(11), decision(20, centre_code="binh-long")]
    record = month_record(_files(database), rows, [finding(is_waivable=True)], run=run_facts(number, **facts))
    write(database.engine, record)
    accounts(database.engine)
    return database


def another_run(database: Database, number: int, *rows: Mapping[str, object], **difference: object) -> None:
    """Of both centres, from the same files, with these rows; their regular lines are due unless others are given."""
    record = month_record(_files(database), rows, run=run_facts(number))
    write(database.engine, replace(record, **difference))  # type: ignore[arg-type]


def _files(database: Database) -> Mapping[str, UUID]:
    return kept(database.engine, dong_xoai=b"roster", binh_long=b"other")


def run_sql(database: Database, *statements: str) -> None:
    """In one transaction."""
    with database.engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def past_the_guards(database: Database, *statements: str) -> None:
    """As somebody whom no trigger stops."""
    run_sql(database, "SET LOCAL session_replication_role = replica", *statements)


def scalar(database: Database, query: str) -> object:
    with database.engine.connect() as connection:
        return connection.scalar(sa.text(query))


def batch_of(database: Database, centre_code: str, kind: str = "regular") -> object:
    query = "SELECT batch_id FROM payroll.batch WHERE centre_code = '{}' AND kind = '{}' ORDER BY number DESC LIMIT 1"
    return scalar(database, query.format(centre_code, kind))


def refused(database: Database, step: Callable[[], None], match: str) -> None:
    """Said without anybody's ID, and nothing was done."""
    before = scalar(database, "SELECT count(*) FROM payroll.audit_event")
    with pytest.raises(DatabaseError, match=match) as refusal:
        step()
    assert not re.search(r"0700\d{8}", str(refusal.value))
    assert scalar(database, "SELECT count(*) FROM payroll.audit_event") == before
