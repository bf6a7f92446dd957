"""A draft export is a copy and leaves the batch as it is: only an export for payment is written down (rule 18)."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

GUARD = """
CREATE FUNCTION payroll.guard_export_is_for_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.is_draft THEN
        RAISE EXCEPTION 'batch %: a draft is a copy, the batch is not exported by it', NEW.batch_id;
    END IF;
    RETURN NEW;
END $$;
-- After export_allowed, which holds the batch: triggers of one kind fire by name.
CREATE TRIGGER export_for_payment BEFORE INSERT ON payroll.export
    FOR EACH ROW EXECUTE FUNCTION payroll.guard_export_is_for_payment();
COMMENT ON COLUMN payroll.export.is_draft IS 'True only of exports from before drafts were copies.';
"""


def upgrade() -> None:
    op.execute(GUARD)
