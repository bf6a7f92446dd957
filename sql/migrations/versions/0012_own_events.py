"""Every step of the ledger rests on its own event of the audit chain; reasons and names hold no control characters.

The event is written last, so it is looked for when the transaction ends.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OWN_EVENT = """
-- What the event must say is the view payroll.step_said; sql/checks/100_own_events.sql compares the same later. It is
-- written in the step's own transaction: no later row leans on an event that said the same of another.
CREATE FUNCTION payroll.guard_own_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payroll.step_said s JOIN payroll.audit_event e
            ON e.seq = s.audit_seq AND e.xmin = pg_current_xact_id()::xid
            AND (e.actor, e.action) = (s.actor, s.action) AND e.detail @> s.said
            AND (s.run_id IS NULL OR s.run_id = e.run_id)
        WHERE s.step = TG_TABLE_NAME AND s.step_id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid
          AND s.audit_seq = NEW.audit_seq) THEN
        RAISE EXCEPTION '%.%: event % of the audit chain is not its own', TG_TABLE_SCHEMA, TG_TABLE_NAME, NEW.audit_seq;
    END IF;
    RETURN NULL;
END $$;
"""

STEPS = {
    "approval": "batch_id",
    "void": "batch_id",
    "confirmation": "batch_id",
    "line_result": "payment_id",
    "opening_line": "payment_id",
    "opening_end": "payment_id",
}
"""Tables with an event for every row, and what names the row."""

REASONS = {
    "payroll": (
        "submission",
        "approval",
        "void",
        "line_result",
        "recovery_confirmation",
        "standing",
        "waiver",
        "waiver_end",
        "opening_end",
    ),
    "landing": ("mended_roster",),
}
_CONTROLS = "[\\u0001-\\u001f\\u007f-\\u009f\\u2028\\u2029]"


def upgrade() -> None:
    op.execute(OWN_EVENT)
    for table, key in STEPS.items():
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {table}_has_its_event AFTER INSERT ON payroll.{table} "
            f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payroll.guard_own_event('{key}')"
        )
    for schema, tables in REASONS.items():
        for table in tables:
            op.execute(
                f"ALTER TABLE {schema}.{table} ADD CONSTRAINT {table}_reason_is_a_line CHECK (reason !~ '{_CONTROLS}')"
            )
    op.execute(f"ALTER TABLE payroll.actor ADD CONSTRAINT actor_full_name CHECK (full_name !~ '{_CONTROLS}')")
