"""The ledger's triggers: whoever writes a step's row is asked what the program was asked (0008, 0009).

A row there moves the batch: nobody sets a status by hand.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ACTORS = """
CREATE FUNCTION payroll.guard_actor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.actor, NEW.created_at, NEW.created_by) IS DISTINCT FROM (OLD.actor, OLD.created_at, OLD.created_by) THEN
        RAISE EXCEPTION 'an account keeps its name and its beginning';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER actor_keeps_its_name BEFORE UPDATE ON payroll.actor
    FOR EACH ROW EXECUTE FUNCTION payroll.guard_actor();
CREATE TRIGGER actor_stays BEFORE DELETE ON payroll.actor
    FOR EACH ROW EXECUTE FUNCTION payroll.refuse_change();
CREATE TRIGGER actor_not_emptied BEFORE TRUNCATE ON payroll.actor
    FOR EACH STATEMENT EXECUTE FUNCTION payroll.refuse_change();

CREATE FUNCTION payroll.refuse(step text, codes text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF codes IS NOT NULL THEN
        RAISE EXCEPTION '% is refused: %', step, codes;
    END IF;
END $$;

-- Every step of the ledger is somebody's: an active account with one of the roles that the trigger names.
CREATE FUNCTION payroll.guard_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payroll.refuse(format('%s.%s by this account', TG_TABLE_SCHEMA, TG_TABLE_NAME), string_agg(r.code, ', '))
        FROM payroll.actor_refusals(NEW.actor, VARIADIC TG_ARGV) r;
    RETURN NEW;
END $$;
"""

LOCKS = """
-- The program takes the same lock (adapters/store_lock.py) before it looks.
CREATE FUNCTION payroll.hold_month(month date) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(
        x'494F43'::integer, EXTRACT(year FROM month)::integer * 100 + EXTRACT(month FROM month)::integer)
$$;

-- A funding source's year is shared by its months: two of them are approved one after the other. The lock is the audit
-- chain's, which every such step takes anyway for its event, the program before it looks.
CREATE FUNCTION payroll.hold_ledger() RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtext('ioc-etl'), hashtext('audit_event'))
$$;

-- Every step of a batch holds its month first, so that no two of them wait for each other in a circle.
CREATE FUNCTION payroll.hold_batch(which uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payroll.hold_month(b.reference_month) FROM payroll.batch b WHERE b.batch_id = which;
    PERFORM FROM payroll.batch WHERE batch_id = which FOR UPDATE;
END $$;
"""

STEPS = """
CREATE FUNCTION payroll.guard_submission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payroll.hold_batch(NEW.batch_id);
    PERFORM payroll.refuse(format('batch %s: submission', NEW.batch_id), string_agg(r.code, ', '))
        FROM payroll.submission_refusals(NEW.batch_id, NEW.actor) r;
    IF (NEW.content_sha256, NEW.basis_sha256) IS DISTINCT FROM (
        payroll.batch_content(NEW.batch_id), payroll.batch_basis(NEW.batch_id)) THEN
        PERFORM payroll.refuse(format('batch %s: submission', NEW.batch_id), 'content_changed');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payroll.guard_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payroll.hold_batch(NEW.batch_id);
    PERFORM payroll.hold_ledger();
    PERFORM payroll.refuse(format('batch %s: approval', NEW.batch_id), string_agg(r.code, ', '))
        FROM payroll.approval_refusals(NEW.batch_id, NEW.actor, NEW.content_sha256, NEW.basis_sha256, NEW.run_id,
                                       NEW.amount_vnd, NEW.pay_date) r;
    RETURN NEW;
END $$;

CREATE FUNCTION payroll.guard_void() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payroll.hold_batch(NEW.batch_id);
    PERFORM payroll.hold_ledger();
    PERFORM payroll.refuse(format('batch %s: making it void', NEW.batch_id), string_agg(r.code, ', '))
        FROM payroll.void_refusals(NEW.batch_id, NEW.actor) r;
    RETURN NEW;
END $$;

CREATE FUNCTION payroll.guard_export() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands text;
BEGIN
    PERFORM payroll.hold_batch(NEW.batch_id);
    SELECT status INTO stands FROM payroll.batch WHERE batch_id = NEW.batch_id;
    IF stands <> 'approved' THEN
        RAISE EXCEPTION 'batch %: % and cannot be exported', NEW.batch_id, stands;
    END IF;
    RETURN NEW;
END $$;

-- What the person of a line has at its centre for its month, under every ID that is theirs in the month's current run.
CREATE FUNCTION payroll.held_by_payee(which uuid) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    line payroll.payment_line;
    now_run uuid;
    payee text;
BEGIN
    SELECT * INTO line FROM payroll.payment_line WHERE payment_id = which;
    SELECT current_run_id INTO now_run FROM payroll.month WHERE reference_month = line.reference_month;
    payee := COALESCE((SELECT k.person_id FROM payroll.run_link k
                       WHERE k.run_id = now_run AND k.former_id = line.citizen_id), line.citizen_id);
    RETURN (
        SELECT COALESCE(sum(v.amount_vnd), 0) FROM payroll.ledger_line v
        LEFT JOIN payroll.run_link k ON k.run_id = now_run AND k.former_id = v.citizen_id
        WHERE v.reference_month = line.reference_month AND v.centre_code = line.centre_code AND NOT v.is_returned
          AND COALESCE(k.person_id, v.citizen_id) = payee);
END $$;

CREATE FUNCTION payroll.guard_line_result() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line record;
BEGIN
    PERFORM payroll.hold_batch(l.batch_id) FROM payroll.payment_line l WHERE l.payment_id = NEW.payment_id;
    SELECT l.batch_id, l.amount_vnd, l.reference_month, b.status INTO line
        FROM payroll.payment_line l JOIN payroll.batch b USING (batch_id) WHERE l.payment_id = NEW.payment_id;
    IF NEW.result = 'offset' THEN
        PERFORM payroll.hold_ledger();
        IF line.amount_vnd > 0 OR line.status NOT IN ('approved', 'exported') THEN
            RAISE EXCEPTION 'batch %: only a recovery that is not collected yet is offset', line.batch_id;
        END IF;
        IF payroll.held_by_payee(NEW.payment_id) + NEW.amount_vnd > 0
            OR line.amount_vnd + payroll.offset_of(NEW.payment_id) + NEW.amount_vnd > 0 THEN
            RAISE EXCEPTION 'batch %: a recovery is offset only as far as what it takes back came back', line.batch_id;
        END IF;
        RETURN NEW;
    END IF;
    IF line.status NOT IN ('exported', 'paid') THEN
        RAISE EXCEPTION 'batch %: % and has no results yet', line.batch_id, line.status;
    END IF;
    IF line.amount_vnd < 0 THEN
        RAISE EXCEPTION 'batch %: a line that is taken back has no result of the bank', line.batch_id;
    END IF;
    IF NEW.result_on < line.reference_month THEN
        RAISE EXCEPTION 'batch %: a result before the month began', line.batch_id;
    END IF;
    IF NEW.result = 'paid' AND EXISTS (
        SELECT FROM payroll.line_result r WHERE r.payment_id = NEW.payment_id) THEN
        RAISE EXCEPTION 'batch %: a line that has its result is not paid again', line.batch_id;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payroll.guard_recovery_confirmation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payroll.payment_line l JOIN payroll.batch b USING (batch_id)
        WHERE (l.payment_id, l.run_id, l.amount_vnd) = (NEW.payment_id, NEW.run_id, NEW.amount_vnd)
          AND b.kind = 'recovery' AND b.status IN ('draft', 'submitted')) THEN
        RAISE EXCEPTION 'payment %: no recovery line of that amount waits for a confirmation', NEW.payment_id;
    END IF;
    RETURN NEW;
END $$;

-- Only what the month's current run shows as waivable.
CREATE FUNCTION payroll.guard_waiver() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payroll.month m JOIN payroll.finding f ON f.run_id = m.current_run_id
        WHERE m.reference_month = NEW.valid_from AND f.code = NEW.code AND f.centre_code = NEW.centre_code
          AND f.person_key = NEW.person_key AND f.is_waivable) THEN
        RAISE EXCEPTION '% of % in %: no such finding is shown that may be waived',
            NEW.code, NEW.centre_code, to_char(NEW.valid_from, 'YYYY-MM');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payroll.guard_opening_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payroll.hold_month(NEW.reference_month);
    PERFORM payroll.hold_ledger();
    IF EXISTS (
        SELECT FROM payroll.batch b WHERE b.reference_month = NEW.reference_month
        AND b.centre_code = NEW.centre_code AND b.status NOT IN ('draft', 'void')) THEN
        RAISE EXCEPTION '% of %: past draft, opening lines come too late',
            NEW.centre_code, to_char(NEW.reference_month, 'YYYY-MM');
    END IF;
    IF NEW.replaces IS NOT NULL AND NOT EXISTS (
        SELECT FROM payroll.opening_line o
        WHERE o.payment_id = NEW.replaces AND (o.reference_month, o.centre_code, o.person_id)
            = (NEW.reference_month, NEW.centre_code, NEW.person_id)) THEN
        RAISE EXCEPTION 'payment %: it takes the place of another person''s or month''s line', NEW.payment_id;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payroll.guard_opening_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payroll.hold_month(o.reference_month) FROM payroll.opening_line o WHERE o.payment_id = NEW.payment_id;
    PERFORM payroll.hold_ledger();
    PERFORM payroll.refuse(format('payment %s: cancelling it', NEW.payment_id), string_agg(r.code, ', '))
        FROM payroll.opening_end_refusals(NEW.payment_id, NEW.actor) r;
    RETURN NEW;
END $$;

-- The row of a step is what moves the batch; guard_step looks for it in turn.
CREATE FUNCTION payroll.move_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE payroll.batch SET status = TG_ARGV[0] WHERE batch_id = NEW.batch_id AND status <> TG_ARGV[0];
    RETURN NULL;
END $$;

CREATE FUNCTION payroll.has_taken_step(b payroll.batch) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE b.status
        WHEN 'submitted' THEN b.content_sha256 IS NOT DISTINCT FROM (
            SELECT s.content_sha256 FROM payroll.submission s WHERE s.batch_id = b.batch_id
            ORDER BY s.submission_no DESC LIMIT 1)
        WHEN 'approved' THEN EXISTS (
            SELECT FROM payroll.approval a WHERE a.batch_id = b.batch_id AND a.content_sha256 = b.content_sha256)
        WHEN 'exported' THEN EXISTS (SELECT FROM payroll.export e WHERE e.batch_id = b.batch_id)
        WHEN 'void' THEN EXISTS (SELECT FROM payroll.void v WHERE v.batch_id = b.batch_id)
        WHEN 'paid' THEN EXISTS (SELECT FROM payroll.confirmation c WHERE c.batch_id = b.batch_id) AND NOT EXISTS (
            SELECT FROM payroll.payment_line l WHERE l.batch_id = b.batch_id AND l.amount_vnd > 0
            AND NOT EXISTS (SELECT FROM payroll.line_result r WHERE r.payment_id = l.payment_id))
        ELSE true END
$$;

CREATE FUNCTION payroll.guard_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT payroll.has_taken_step(NEW) THEN
        RAISE EXCEPTION 'batch %: nobody has written down the step by which it becomes %', NEW.batch_id, NEW.status;
    END IF;
    RETURN NEW;
END $$;
-- After batch_life, which knows the order of the states: triggers of one kind fire by name.
CREATE TRIGGER batch_step BEFORE UPDATE OF status ON payroll.batch
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION payroll.guard_step();
"""

GUARDED = {
    "submission": "guard_submission",
    "approval": "guard_approval",
    "void": "guard_void",
    "export": "guard_export",
    "line_result": "guard_line_result",
    "recovery_confirmation": "guard_recovery_confirmation",
    "waiver": "guard_waiver",
    "opening_line": "guard_opening_line",
    "opening_end": "guard_opening_end",
}
"""Tables whose rows are looked at before they are taken."""

FINANCE_ONLY = (
    "export",
    "confirmation",
    "line_result",
    "recovery_confirmation",
    "standing",
    "waiver",
    "waiver_end",
    "opening_line",
)
"""Tables whose rows only finance writes; submission, approval and void ask for their roles themselves."""

MOVES = {
    "submission": "submitted",
    "approval": "approved",
    "void": "void",
    "export": "exported",
    "confirmation": "paid",
}
"""Tables whose rows move their batch."""


def upgrade() -> None:
    for part in (ACTORS, LOCKS, STEPS):
        op.execute(part)
    for table, function in GUARDED.items():
        op.execute(
            f"CREATE TRIGGER {table}_allowed BEFORE INSERT ON payroll.{table} "
            f"FOR EACH ROW EXECUTE FUNCTION payroll.{function}()"
        )
    for table in FINANCE_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_by_finance BEFORE INSERT ON payroll.{table} "
            "FOR EACH ROW EXECUTE FUNCTION payroll.guard_role('finance')"
        )
    op.execute(
        "CREATE TRIGGER mended_roster_by_whom BEFORE INSERT ON landing.mended_roster "
        "FOR EACH ROW EXECUTE FUNCTION payroll.guard_role('finance', 'operator')"
    )
    for table, status in MOVES.items():
        op.execute(
            f"CREATE TRIGGER {table}_moves_its_batch AFTER INSERT ON payroll.{table} "
            f"FOR EACH ROW EXECUTE FUNCTION payroll.move_batch('{status}')"
        )
