"""What is due: batches whose state only goes forwards, lines that nobody changes once the batch is past draft."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE payroll.batch (
    batch_id         uuid    PRIMARY KEY,
    reference_month  date    NOT NULL REFERENCES payroll.month,
    centre_code      text    NOT NULL,
    kind             text    NOT NULL,
    number           integer NOT NULL,
    funding_source   text    NOT NULL,
    status           text    NOT NULL DEFAULT 'draft',
    content_sha256   text    NOT NULL,
    run_id           uuid    NOT NULL REFERENCES payroll.run,
    CONSTRAINT batch_kind CHECK (kind IN ('regular', 'arrears', 'recovery')),
    CONSTRAINT batch_number CHECK (number >= 1),
    CONSTRAINT batch_status CHECK (status IN ('draft', 'submitted', 'approved', 'exported', 'paid', 'void')),
    CONSTRAINT batch_content_sha256 CHECK (content_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT batch_natural_key UNIQUE (reference_month, centre_code, kind, number),
    CONSTRAINT batch_as_its_lines_name_it UNIQUE (batch_id, reference_month, centre_code, kind)
);
CREATE UNIQUE INDEX batch_one_draft ON payroll.batch (reference_month, centre_code, kind) WHERE status = 'draft';
COMMENT ON TABLE payroll.batch IS 'One row per list of payments: one month, centre, kind and number.';
COMMENT ON COLUMN payroll.batch.run_id IS 'The run that wrote its present content.';

CREATE TABLE payroll.payment_line (
    payment_id          uuid    PRIMARY KEY,
    batch_id            uuid    NOT NULL,
    run_id              uuid    NOT NULL REFERENCES payroll.run,
    reference_month     date    NOT NULL,
    centre_code         text    NOT NULL,
    batch_kind          text    NOT NULL,
    person_id           text    NOT NULL,
    citizen_id          text    NOT NULL,
    full_name           text    NOT NULL,
    staff_category      text    NOT NULL,
    agency              text,
    work_mode           text    NOT NULL,
    coefficient_tenths  integer NOT NULL,
    base_salary_vnd     bigint  NOT NULL,
    amount_vnd          bigint  NOT NULL,
    bank_account        text    NOT NULL,
    bank_name           text    NOT NULL,
    legal_basis         text    NOT NULL,
    sheet               text,
    source_row          integer,
    source_sha256       text    REFERENCES landing.content,
    FOREIGN KEY (batch_id, reference_month, centre_code, batch_kind)
        REFERENCES payroll.batch (batch_id, reference_month, centre_code, kind),
    CONSTRAINT payment_line_one_a_person UNIQUE (batch_id, person_id),
    CONSTRAINT payment_line_sign CHECK (
        (batch_kind = 'recovery' AND amount_vnd < 0) OR (batch_kind <> 'recovery' AND amount_vnd > 0)),
    CONSTRAINT payment_line_base CHECK (coefficient_tenths > 0 AND base_salary_vnd > 0)
);
COMMENT ON TABLE payroll.payment_line IS 'One row per batch and person: signed đồng (schemas/payment_line.py).';
COMMENT ON COLUMN payroll.payment_line.run_id IS 'The run that wrote this line; one that finds it unchanged leaves it.';
"""

BATCH_LIFE = """
CREATE FUNCTION payroll.guard_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION 'batch %: a batch begins as a draft, not as %', NEW.batch_id, NEW.status;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'batch %: % and cannot be removed', OLD.batch_id, OLD.status;
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
        ('draft', 'submitted'), ('submitted', 'draft'), ('submitted', 'approved'),
        ('approved', 'exported'), ('approved', 'void'), ('exported', 'paid')
    ) THEN
        RAISE EXCEPTION 'batch %: cannot go from % to %', OLD.batch_id, OLD.status, NEW.status;
    END IF;
    IF (NEW.batch_id, NEW.reference_month, NEW.centre_code, NEW.kind, NEW.number)
        IS DISTINCT FROM (OLD.batch_id, OLD.reference_month, OLD.centre_code, OLD.kind, OLD.number) THEN
        RAISE EXCEPTION 'batch %: month, centre, kind and number never change', OLD.batch_id;
    END IF;
    -- Only a draft, or a submitted batch on its way back to draft, may get other content.
    IF OLD.status <> 'draft' AND NEW.status <> 'draft'
        AND (NEW.funding_source, NEW.content_sha256, NEW.run_id)
            IS DISTINCT FROM (OLD.funding_source, OLD.content_sha256, OLD.run_id) THEN
        RAISE EXCEPTION 'batch %: % and cannot get other content', OLD.batch_id, OLD.status;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER batch_life BEFORE INSERT OR UPDATE OR DELETE ON payroll.batch
    FOR EACH ROW EXECUTE FUNCTION payroll.guard_batch();
CREATE TRIGGER batch_not_emptied BEFORE TRUNCATE ON payroll.batch
    FOR EACH STATEMENT EXECUTE FUNCTION payroll.refuse_change();
"""

LINES_STAND = """
-- Once a statement, over all its rows: a million lines are looked up in one join. The batches are locked first, so
-- that nobody approves one while its lines change.
CREATE FUNCTION payroll.guard_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    standing record;
BEGIN
    PERFORM FROM payroll.batch WHERE batch_id IN (SELECT batch_id FROM touched) ORDER BY batch_id FOR SHARE;
    SELECT batch_id, status INTO standing FROM payroll.batch
        WHERE status <> 'draft' AND batch_id IN (SELECT batch_id FROM touched) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'batch %: % and its lines stand', standing.batch_id, standing.status;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER payment_line_inserted AFTER INSERT ON payroll.payment_line
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll.guard_lines();
CREATE TRIGGER payment_line_deleted AFTER DELETE ON payroll.payment_line
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll.guard_lines();
CREATE TRIGGER payment_line_changed_from AFTER UPDATE ON payroll.payment_line
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll.guard_lines();
CREATE TRIGGER payment_line_changed_to AFTER UPDATE ON payroll.payment_line
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll.guard_lines();
CREATE TRIGGER payment_line_not_emptied BEFORE TRUNCATE ON payroll.payment_line
    FOR EACH STATEMENT EXECUTE FUNCTION payroll.refuse_change();
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(BATCH_LIFE)
    op.execute(LINES_STAND)
