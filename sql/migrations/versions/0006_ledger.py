"""The ledger's life: accounts, who submitted, approved, made void, what the bank returned, what was paid before."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ACTOR = """
CREATE TABLE payroll.actor (
    actor          text        PRIMARY KEY,
    full_name      text        NOT NULL,
    password_hash  text        NOT NULL,
    token_sha256   text,
    roles          text[]      NOT NULL,
    is_active      boolean     NOT NULL DEFAULT true,
    created_at     timestamptz NOT NULL,
    created_by     text        NOT NULL,
    CONSTRAINT actor_name CHECK (actor ~ '^[a-z0-9][a-z0-9._-]{1,62}$' AND actor <> 'system'),
    CONSTRAINT actor_token CHECK (token_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT actor_roles CHECK (
        roles <@ ARRAY['centre', 'operator', 'finance', 'approver', 'auditor', 'admin'] AND cardinality(roles) > 0)
);
-- Partial on purpose: a plain unique column counts as a key, and a new token would lock the row against every event of
-- that account, which holds the audit chain already: the two would wait for each other.
CREATE UNIQUE INDEX actor_of_token ON payroll.actor (token_sha256) WHERE token_sha256 IS NOT NULL;
COMMENT ON TABLE payroll.actor IS 'One row per account of the system; the password is kept as its argon2 hash.';
"""

LINES = """
ALTER TABLE payroll.payment_line ADD COLUMN cause text NOT NULL, ADD COLUMN cause_detail text;
CREATE INDEX batch_by_funding_source ON payroll.batch (funding_source);

CREATE TABLE payroll.run_link (
    run_id     uuid NOT NULL REFERENCES payroll.run,
    former_id  text NOT NULL,
    person_id  text NOT NULL,
    PRIMARY KEY (run_id, former_id)
);
COMMENT ON TABLE payroll.run_link IS
    'One row per former ID of somebody with a row or in the month''s ledger in this run: linked IDs are one person. '
    'An ID withdrawn from its link stands for itself.';
"""

BUDGET = """
CREATE TABLE payroll.run_budget (
    run_id          uuid    NOT NULL REFERENCES payroll.run,
    funding_source  text    NOT NULL,
    year            integer NOT NULL,
    amount_vnd      bigint  NOT NULL,
    PRIMARY KEY (run_id, funding_source, year),
    CONSTRAINT run_budget_amount CHECK (amount_vnd >= 0)
);
COMMENT ON TABLE payroll.run_budget IS
    'One row per run, funding source and year that its budget register gives; what it does not give is not known.';
-- Whichever month's run read the register last: one that found its month unchanged has read it too.
CREATE INDEX run_by_reading ON payroll.run (COALESCE(pull_began_at, started_at) DESC, run_no DESC)
    WHERE status IN ('completed', 'incomplete', 'unchanged');

-- Rulebook section 6: regular lines count in the reference month's year, arrears and recoveries in their pay date's.
CREATE FUNCTION payroll.budget_year(kind text, reference_month date, pay_date date) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN EXTRACT(year FROM CASE WHEN kind IN ('arrears', 'recovery') THEN pay_date ELSE reference_month END)::integer;
"""

STEPS = """
CREATE TABLE payroll.submission (
    batch_id        uuid        NOT NULL,
    content_sha256  text        NOT NULL,
    basis_sha256    text        NOT NULL,
    actor           text        NOT NULL REFERENCES payroll.actor,
    reason          text        NOT NULL,
    at              timestamptz NOT NULL,
    submission_no   bigint      NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    PRIMARY KEY (batch_id, submission_no),
    CONSTRAINT submission_reason CHECK (btrim(reason) <> '')
);
COMMENT ON TABLE payroll.submission IS
    'One row per time that a batch was handed to the approvers (trình duyệt); stays when a run removes the draft.';

CREATE TABLE payroll.approval (
    batch_id        uuid        PRIMARY KEY REFERENCES payroll.batch,
    content_sha256  text        NOT NULL,
    basis_sha256    text        NOT NULL,
    run_id          uuid        NOT NULL REFERENCES payroll.run,
    amount_vnd      bigint      NOT NULL,
    pay_date        date        NOT NULL,
    actor           text        NOT NULL REFERENCES payroll.actor,
    reason          text        NOT NULL,
    at              timestamptz NOT NULL,
    audit_seq       bigint      NOT NULL UNIQUE REFERENCES payroll.audit_event DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT approval_reason CHECK (btrim(reason) <> '')
);
COMMENT ON TABLE payroll.approval IS 'One row per approved batch: who bound himself to which content, paid when.';
COMMENT ON COLUMN payroll.approval.run_id IS 'The month''s current run whose decisions the batch rests on.';
COMMENT ON COLUMN payroll.approval.audit_seq IS 'Its event in the audit chain: a position in the ledger.';

CREATE TABLE payroll.void (
    batch_id   uuid        PRIMARY KEY REFERENCES payroll.approval,
    actor      text        NOT NULL REFERENCES payroll.actor,
    reason     text        NOT NULL,
    at         timestamptz NOT NULL,
    audit_seq  bigint      NOT NULL UNIQUE REFERENCES payroll.audit_event DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT void_reason CHECK (btrim(reason) <> '')
);
COMMENT ON TABLE payroll.void IS 'One row per approved batch that finance made void before it was exported.';

CREATE TABLE payroll.export (
    batch_id   uuid        PRIMARY KEY REFERENCES payroll.approval,
    sha256     text        NOT NULL REFERENCES landing.content,
    file_name  text        NOT NULL,
    is_draft   boolean     NOT NULL,
    actor      text        NOT NULL REFERENCES payroll.actor,
    at         timestamptz NOT NULL
);
COMMENT ON TABLE payroll.export IS 'One row per batch that left the system, with the bytes that left.';

CREATE TABLE payroll.confirmation (
    batch_id   uuid        PRIMARY KEY REFERENCES payroll.export,
    paid_on    date        NOT NULL,
    actor      text        NOT NULL REFERENCES payroll.actor,
    at         timestamptz NOT NULL,
    audit_seq  bigint      NOT NULL UNIQUE REFERENCES payroll.audit_event DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE payroll.confirmation IS 'One row per batch that the treasury or the bank has carried out.';

CREATE TABLE payroll.line_result (
    payment_id  uuid        NOT NULL REFERENCES payroll.payment_line,
    result      text        NOT NULL,
    result_on   date        NOT NULL,
    reason      text,
    amount_vnd  bigint,
    actor       text        NOT NULL REFERENCES payroll.actor,
    at          timestamptz NOT NULL,
    audit_seq   bigint      NOT NULL REFERENCES payroll.audit_event DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (payment_id, result, audit_seq),
    CONSTRAINT line_result_result CHECK (result IN ('paid', 'returned', 'offset')),
    CONSTRAINT line_result_amount CHECK (CASE result WHEN 'offset' THEN amount_vnd > 0 ELSE amount_vnd IS NULL END),
    CONSTRAINT line_result_reason CHECK (result = 'paid' OR COALESCE(btrim(reason), '') <> '')
);
CREATE UNIQUE INDEX line_result_once ON payroll.line_result (payment_id, result) WHERE result <> 'offset';
CREATE INDEX line_result_returned ON payroll.line_result (payment_id) WHERE result IN ('returned', 'offset');
COMMENT ON TABLE payroll.line_result IS
    'One row per line and answer of the treasury or the bank; returned, at once or after it was paid: due again. '
    'offset: amount_vnd of a recovery is not collected, since that much of what it takes back came back from the bank.';

CREATE TABLE payroll.recovery_confirmation (
    payment_id  uuid        NOT NULL,
    run_id      uuid        NOT NULL REFERENCES payroll.run,
    amount_vnd  bigint      NOT NULL,
    actor       text        NOT NULL REFERENCES payroll.actor,
    reason      text        NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (payment_id, run_id, amount_vnd),
    CONSTRAINT recovery_confirmation_amount CHECK (amount_vnd < 0),
    CONSTRAINT recovery_confirmation_reason CHECK (btrim(reason) <> '')
);
COMMENT ON TABLE payroll.recovery_confirmation IS
    'One row per recovery line and amount that finance confirmed; a line that another run writes is confirmed anew.';
COMMENT ON COLUMN payroll.recovery_confirmation.run_id IS
    'The run that wrote the line: payment ids come back when a draft was removed, with another cause.';

CREATE TABLE payroll.standing (
    standing_id      uuid        PRIMARY KEY,
    standing_no      bigint      NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    reference_month  date        NOT NULL,
    centre_code      text        NOT NULL,
    person_id        text        NOT NULL,
    source_row       integer     NOT NULL,
    source_sha256    text        NOT NULL REFERENCES landing.content,
    actor            text        NOT NULL REFERENCES payroll.actor,
    reason           text        NOT NULL,
    at               timestamptz NOT NULL,
    CONSTRAINT standing_reason CHECK (btrim(reason) <> '')
);
COMMENT ON TABLE payroll.standing IS
    'One row per time that finance said which of a person''s rows stands; the last one of a person counts.';

CREATE TABLE payroll.waiver_end (
    waiver_id  uuid        PRIMARY KEY REFERENCES payroll.waiver,
    actor      text        NOT NULL REFERENCES payroll.actor,
    reason     text        NOT NULL,
    at         timestamptz NOT NULL,
    CONSTRAINT waiver_end_reason CHECK (btrim(reason) <> '')
);
COMMENT ON TABLE payroll.waiver_end IS 'One row per waiver that was taken back; it does not count from then on.';
ALTER TABLE payroll.waiver ADD CONSTRAINT waiver_actor FOREIGN KEY (actor) REFERENCES payroll.actor;
ALTER TABLE landing.mended_roster ADD CONSTRAINT mended_roster_by FOREIGN KEY (actor) REFERENCES payroll.actor;

CREATE TABLE payroll.opening_line (
    payment_id       uuid        PRIMARY KEY,
    reference_month  date        NOT NULL,
    centre_code      text        NOT NULL,
    funding_source   text        NOT NULL,
    person_id        text        NOT NULL,
    citizen_id       text        NOT NULL,
    full_name        text        NOT NULL,
    amount_vnd       bigint      NOT NULL,
    document         text        NOT NULL,
    source_sha256    text        NOT NULL REFERENCES landing.content,
    actor            text        NOT NULL REFERENCES payroll.actor,
    at               timestamptz NOT NULL,
    audit_seq        bigint      NOT NULL REFERENCES payroll.audit_event DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT opening_line_month CHECK (EXTRACT(day FROM reference_month) = 1),
    CONSTRAINT opening_line_amount CHECK (amount_vnd > 0),
    CONSTRAINT opening_line_document CHECK (btrim(document) <> '')
);
COMMENT ON TABLE payroll.opening_line IS 'One row per month, centre and person paid outside the system before go-live.';

CREATE TABLE payroll.opening_end (
    payment_id  uuid        PRIMARY KEY REFERENCES payroll.opening_line,
    actor       text        NOT NULL REFERENCES payroll.actor,
    reason      text        NOT NULL,
    at          timestamptz NOT NULL,
    audit_seq   bigint      NOT NULL REFERENCES payroll.audit_event DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT opening_end_reason CHECK (btrim(reason) <> '')
);
COMMENT ON TABLE payroll.opening_end IS 'One row per opening line that was a mistake; it does not count from then on.';
-- One line counts at a time: another one of the same month, centre and person names the cancelled line it replaces.
ALTER TABLE payroll.opening_line ADD COLUMN replaces uuid UNIQUE REFERENCES payroll.opening_end,
    ADD CONSTRAINT opening_line_once UNIQUE NULLS NOT DISTINCT (reference_month, centre_code, person_id, replaces);

CREATE TABLE payroll.policy_document (
    policy_version  text  PRIMARY KEY,
    documents       jsonb NOT NULL
);
COMMENT ON TABLE payroll.policy_document IS
    'One row per version of the policy that a run decided with: its files by name, so that a replay reads the same.';
"""

REPLAY = """
ALTER TABLE payroll.run_source ADD COLUMN purpose text NOT NULL DEFAULT 'in_force',
    ADD CONSTRAINT run_source_purpose CHECK (purpose IN ('in_force', 'offered', 'register')),
    DROP CONSTRAINT run_source_pkey, ADD PRIMARY KEY (run_id, source_file_id, purpose);
ALTER TABLE payroll.run_source ALTER COLUMN purpose DROP DEFAULT;
COMMENT ON COLUMN payroll.run_source.purpose IS
    'offered: what a centre had sent, taken or refused; in_force: what its month rests on; register.';
ALTER TABLE payroll.run
    ADD COLUMN ignored_files text[] NOT NULL DEFAULT '{}',
    ADD COLUMN waiver_ids    uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN standing_ids  uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN month_before_run_id uuid REFERENCES payroll.run;
COMMENT ON COLUMN payroll.run.ignored_files IS 'Files in the month''s folder that belonged to no centre.';
COMMENT ON COLUMN payroll.run.waiver_ids IS 'The waivers that counted when it ran; so standing_ids.';
COMMENT ON COLUMN payroll.run.month_before_run_id IS 'The run by which the month before counted when it ran.';
CREATE TABLE payroll.run_due (
    run_id          uuid   NOT NULL REFERENCES payroll.run,
    centre_code     text   NOT NULL,
    kind            text   NOT NULL,
    lines           bigint NOT NULL,
    amount_vnd      bigint NOT NULL,
    sha256          text   NOT NULL,
    content_sha256  text   NOT NULL,
    PRIMARY KEY (run_id, centre_code, kind)
);
COMMENT ON TABLE payroll.run_due IS
    'One row per run, centre and kind of batch: the lines it found due, summed and hashed. The drafts change later.';
COMMENT ON COLUMN payroll.run_due.content_sha256 IS
    'What their draft held when the run wrote it (payroll.batch_content).';
CREATE TRIGGER run_due_written_once BEFORE UPDATE ON payroll.run_due
    FOR EACH ROW EXECUTE FUNCTION payroll.refuse_change();
"""


def _written_once(table: str) -> str:
    return f"""
CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON payroll.{table}
    FOR EACH ROW EXECUTE FUNCTION payroll.refuse_change();
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON payroll.{table}
    FOR EACH STATEMENT EXECUTE FUNCTION payroll.refuse_change();
"""


def upgrade() -> None:
    op.execute(ACTOR)
    op.execute(LINES)
    op.execute(BUDGET)
    op.execute(STEPS)
    op.execute(REPLAY)
    for table in (
        "submission",
        "approval",
        "void",
        "export",
        "confirmation",
        "line_result",
        "recovery_confirmation",
        "standing",
        "waiver",
        "waiver_end",
        "run_link",
        "run_budget",
        "opening_line",
        "opening_end",
        "policy_document",
    ):
        op.execute(_written_once(table))
