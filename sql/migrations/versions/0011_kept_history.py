"""History stays: nothing that came in or was decided goes away, nothing is added to a run that is over.

Guards of statements, not of rows: a month of a million rows is copied in as fast as without them, but for one look at
the runs that the rows name.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MONTH = """
-- A month goes on to a later run of its own, never back and never to none.
CREATE FUNCTION payroll.guard_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.reference_month IS DISTINCT FROM OLD.reference_month OR NOT EXISTS (
        SELECT FROM payroll.run r
        WHERE r.run_id = NEW.current_run_id AND r.reference_month = NEW.reference_month
          AND r.run_no > COALESCE((SELECT o.run_no FROM payroll.run o WHERE o.run_id = OLD.current_run_id), 0)) THEN
        RAISE EXCEPTION 'month %: its current run can only be a later one of its own',
            to_char(OLD.reference_month, 'YYYY-MM');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER month_goes_on BEFORE UPDATE ON payroll.month
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION payroll.guard_month();

-- A file keeps what it was when it came; what became of it is written down later.
CREATE FUNCTION payroll.guard_source_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'file %: what came in stays as it came', OLD.source_file_id;
END $$;
CREATE TRIGGER source_file_as_it_came AFTER UPDATE ON landing.source_file FOR EACH ROW WHEN (
    (OLD.source_file_id, OLD.kind, OLD.reference_month, OLD.centre_code, OLD.register_name, OLD.file_name, OLD.origin,
     OLD.sha256, OLD.received_at, OLD.is_too_large) IS DISTINCT FROM
    (NEW.source_file_id, NEW.kind, NEW.reference_month, NEW.centre_code, NEW.register_name, NEW.file_name, NEW.origin,
     NEW.sha256, NEW.received_at, NEW.is_too_large)) EXECUTE FUNCTION payroll.guard_source_file();
"""

RUN_IS_OVER = """
-- A run's rows come in the transaction of the run itself: it is over when that has ended.
CREATE FUNCTION payroll.guard_run_is_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    over uuid;
BEGIN
    SELECT r.run_id INTO over FROM (SELECT DISTINCT w.run_id FROM written w) named JOIN payroll.run r USING (run_id)
        WHERE r.xmin <> pg_current_xact_id()::xid LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '%.%: run % is over, nothing is added to it', TG_TABLE_SCHEMA, TG_TABLE_NAME, over;
    END IF;
    RETURN NULL;
END $$;

-- Drafts are what the month's last run found due: their content changes in the transaction of a run and never else.
CREATE FUNCTION payroll.is_being_run(month date) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM payroll.run r WHERE r.reference_month = month AND r.xmin = pg_current_xact_id()::xid)
$$;

CREATE FUNCTION payroll.guard_draft_of_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT payroll.is_being_run(CASE TG_OP WHEN 'DELETE' THEN OLD.reference_month ELSE NEW.reference_month END) THEN
        RAISE EXCEPTION 'batch %: only a run of its month writes, changes or removes a draft',
            CASE TG_OP WHEN 'DELETE' THEN OLD.batch_id ELSE NEW.batch_id END;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER batch_of_a_run AFTER INSERT OR DELETE OR UPDATE OF content_sha256, funding_source, run_id
    ON payroll.batch FOR EACH ROW EXECUTE FUNCTION payroll.guard_draft_of_run();

CREATE FUNCTION payroll.guard_lines_of_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    over date;
BEGIN
    SELECT named.reference_month INTO over FROM (SELECT DISTINCT t.reference_month FROM touched t) named
        WHERE NOT payroll.is_being_run(named.reference_month) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'month %: only a run writes, changes or removes the lines of its drafts',
            to_char(over, 'YYYY-MM');
    END IF;
    RETURN NULL;
END $$;
"""

LINES = {
    "inserted": ("INSERT", "NEW"),
    "deleted": ("DELETE", "OLD"),
    "changed_from": ("UPDATE", "OLD"),
    "changed_to": ("UPDATE", "NEW"),
}
"""What happens to lines, and the rows of it that are looked at."""

STAYS = (
    "landing.content",
    "landing.source_file",
    "landing.last_pull",
    "payroll.month",
    "payroll.run",
    "payroll.run_centre",
    "payroll.run_source",
    "payroll.run_due",
    "payroll.decision",
    "payroll.finding",
    'payroll."case"',
)
"""Tables that nothing is removed from, beside those of 0006."""

OF_A_RUN = ("run_centre", "run_source", "run_link", "run_budget", "run_due", "decision", "finding")
"""Tables whose rows a run writes once."""


def upgrade() -> None:
    op.execute(MONTH)
    op.execute(RUN_IS_OVER)
    for what, (verb, rows) in LINES.items():
        # After the guards of 0003, which know of batches past draft: triggers of one kind fire by name.
        op.execute(
            f"CREATE TRIGGER payment_line_of_a_run_{what} AFTER {verb} ON payroll.payment_line "
            f"REFERENCING {rows} TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll.guard_lines_of_run()"
        )
    for table in STAYS:
        name = table.partition(".")[2].strip('"')
        op.execute(
            f"CREATE TRIGGER {name}_stays BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION payroll.refuse_change()"
        )
    for table in OF_A_RUN:
        op.execute(
            f"CREATE TRIGGER {table}_of_its_run AFTER INSERT ON payroll.{table} "
            "REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION payroll.guard_run_is_written()"
        )
