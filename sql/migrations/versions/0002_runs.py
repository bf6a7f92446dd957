"""What a run says: the month's current run, its centres, sources, decisions, findings and their cases."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RUN = """
CREATE TABLE payroll.month (
    reference_month  date PRIMARY KEY,
    current_run_id   uuid,
    CONSTRAINT month_first_day CHECK (EXTRACT(day FROM reference_month) = 1)
);
COMMENT ON COLUMN payroll.month.current_run_id IS 'The last run that decided the month.';

CREATE TABLE payroll.run (
    run_id             uuid        PRIMARY KEY,
    run_no             bigint      NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    reference_month    date        NOT NULL REFERENCES payroll.month,
    status             text        NOT NULL,
    started_at         timestamptz NOT NULL,
    finished_at        timestamptz NOT NULL,
    actor              text        NOT NULL,
    requested_centres  text[],
    input_fingerprint  text        NOT NULL,
    ledger_position    bigint      NOT NULL,
    policy_version     text        NOT NULL,
    code_version       text        NOT NULL,
    rows_read          bigint      NOT NULL DEFAULT 0,
    paid_rows          bigint      NOT NULL DEFAULT 0,
    superseded_rows    bigint      NOT NULL DEFAULT 0,
    held_rows          bigint      NOT NULL DEFAULT 0,
    merged_rows        bigint      NOT NULL DEFAULT 0,
    amount_vnd         bigint      NOT NULL DEFAULT 0,
    findings           bigint      NOT NULL DEFAULT 0,
    message            text,
    same_as_run_id     uuid        REFERENCES payroll.run,
    UNIQUE (reference_month, run_id),
    CONSTRAINT run_status CHECK (status IN ('completed', 'incomplete', 'unchanged', 'blocked', 'failed')),
    CONSTRAINT run_unchanged_from_another CHECK ((status = 'unchanged') = (same_as_run_id IS NOT NULL)),
    CONSTRAINT run_rows_close CHECK (rows_read = paid_rows + superseded_rows + held_rows + merged_rows),
    CONSTRAINT run_amount CHECK (amount_vnd >= 0 AND (amount_vnd > 0) = (paid_rows > 0))
);
CREATE INDEX run_by_month ON payroll.run (reference_month, run_no DESC);
COMMENT ON TABLE payroll.run IS 'One row per run of a month, whatever came of it; run_no tells their order.';

ALTER TABLE payroll.month ADD CONSTRAINT month_current_run_is_its_own
    FOREIGN KEY (reference_month, current_run_id) REFERENCES payroll.run (reference_month, run_id);

CREATE TABLE payroll.run_centre (
    run_id              uuid    NOT NULL REFERENCES payroll.run,
    centre_code         text    NOT NULL,
    funding_source      text    NOT NULL,
    file_status         text    NOT NULL,
    source_file_id      uuid    REFERENCES landing.source_file,
    pulled_status       text,
    rows_read           integer NOT NULL,
    paid_rows           integer NOT NULL,
    superseded_rows     integer NOT NULL,
    held_rows           integer NOT NULL,
    merged_rows         integer NOT NULL,
    amount_vnd          bigint  NOT NULL,
    quota               integer,
    budget_year_vnd     bigint,
    committed_year_vnd  bigint  NOT NULL,
    PRIMARY KEY (run_id, centre_code),
    CONSTRAINT run_centre_file_status CHECK (file_status IN ('accepted', 'refused', 'missing')),
    CONSTRAINT run_centre_pulled_status CHECK (pulled_status IN ('accepted', 'refused', 'missing')),
    CONSTRAINT run_centre_rests_on_a_file CHECK ((file_status = 'accepted') = (source_file_id IS NOT NULL)),
    CONSTRAINT run_centre_without_file_counts_nothing
        CHECK (file_status = 'accepted' OR (rows_read = 0 AND amount_vnd = 0)),
    CONSTRAINT run_centre_rows_close CHECK (rows_read = paid_rows + superseded_rows + held_rows + merged_rows),
    CONSTRAINT run_centre_amount CHECK (amount_vnd >= 0 AND (amount_vnd > 0) = (paid_rows > 0))
);
COMMENT ON COLUMN payroll.run_centre.pulled_status IS
    'What became of what this run pulled for the centre; null when it was not asked to pull it.';

CREATE TABLE payroll.run_source (
    run_id          uuid NOT NULL REFERENCES payroll.run,
    source_file_id  uuid NOT NULL REFERENCES landing.source_file,
    PRIMARY KEY (run_id, source_file_id)
);
COMMENT ON TABLE payroll.run_source IS 'Every roster and register a run rested on: what a replay reads again.';
"""

DECISION = """
CREATE TABLE payroll.decision (
    run_id                uuid     NOT NULL,
    reference_month       date     NOT NULL,
    centre_code           text     NOT NULL,
    sheet                 text,
    source_row            integer  NOT NULL,
    row_no                text,
    person_id             text,
    citizen_id            text,
    full_name             text,
    birth_date            text,
    staff_category        text,
    agency                text,
    duty                  text,
    monitored_service     text,
    work_mode             text,
    shift                 integer,
    bank_account          text,
    bank_name             text,
    days_on_duty          integer,
    list_order            integer,
    quota_rank            integer,
    quota_limit           integer,
    coefficient_tenths    integer,
    base_salary_vnd       bigint,
    full_amount_vnd       bigint,
    other_support_vnd     bigint,
    other_support_regime  text,
    has_no_right          boolean  NOT NULL,
    outcome               text     NOT NULL,
    amount_vnd            bigint   NOT NULL,
    codes                 text[]   NOT NULL,
    PRIMARY KEY (run_id, centre_code, source_row),
    FOREIGN KEY (run_id, centre_code) REFERENCES payroll.run_centre,
    CONSTRAINT decision_outcome CHECK (outcome IN ('paid', 'superseded', 'held', 'merged')),
    CONSTRAINT decision_amount CHECK (amount_vnd >= 0 AND (outcome = 'paid') = (amount_vnd > 0)),
    CONSTRAINT decision_paid_has_person CHECK (amount_vnd = 0 OR person_id IS NOT NULL),
    CONSTRAINT decision_row CHECK (source_row >= 1)
);
CREATE UNIQUE INDEX decision_one_payment_a_person ON payroll.decision (run_id, person_id) WHERE amount_vnd > 0;
COMMENT ON TABLE payroll.decision IS 'One row per run and roster row: its one end (schemas/decision.py).';
"""

FINDING = """
CREATE TABLE payroll."case" (
    case_id          uuid PRIMARY KEY,
    reference_month  date NOT NULL REFERENCES payroll.month,
    centre_code      text,
    code             text NOT NULL,
    column_name      text,
    person_key       text,
    status           text NOT NULL,
    first_run_id     uuid NOT NULL REFERENCES payroll.run,
    last_run_id      uuid NOT NULL REFERENCES payroll.run,
    CONSTRAINT case_natural_key UNIQUE NULLS NOT DISTINCT (reference_month, centre_code, code, column_name, person_key),
    CONSTRAINT case_status CHECK (status IN ('open', 'mended', 'reopened', 'waived'))
);
COMMENT ON TABLE payroll."case" IS
    'One row per problem, the same over all runs: month, centre, code, column, person (ID, or name and birth, or row).';
COMMENT ON COLUMN payroll."case".last_run_id IS 'The last run that found it and wrote it down.';

CREATE TABLE payroll.finding (
    run_id               uuid     NOT NULL REFERENCES payroll.run,
    position             integer  NOT NULL,
    case_id              uuid     NOT NULL REFERENCES payroll."case",
    code                 text     NOT NULL,
    centre_code          text,
    source_file          text,
    source_row           integer,
    column_name          text,
    found                text,
    expected             text,
    place                text,
    level                text     NOT NULL,
    severity             text     NOT NULL,
    is_waivable          boolean  NOT NULL,
    is_waived            boolean  NOT NULL,
    sheet                text,
    row_no               text,
    cell                 text,
    citizen_id           text,
    full_name            text,
    person_key           text,
    amount_at_stake_vnd  bigint,
    message_vi           text     NOT NULL,
    message_en           text     NOT NULL,
    how_to_fix_vi        text     NOT NULL,
    how_to_fix_en        text     NOT NULL,
    legal_basis          text     NOT NULL,
    PRIMARY KEY (run_id, position),
    CONSTRAINT finding_level CHECK (level IN ('file', 'row', 'centre', 'run')),
    CONSTRAINT finding_severity CHECK (severity IN ('block', 'warn', 'info')),
    CONSTRAINT finding_waived_is_waivable CHECK (is_waivable OR NOT is_waived)
);
CREATE INDEX finding_by_case ON payroll.finding (case_id);
COMMENT ON TABLE payroll.finding IS 'One row per run and finding, as it is told (schemas/finding.py).';

CREATE TABLE payroll.waiver (
    waiver_id    uuid        PRIMARY KEY,
    code         text        NOT NULL,
    centre_code  text        NOT NULL,
    person_key   text        NOT NULL,
    valid_from   date        NOT NULL,
    valid_to     date,
    reason       text        NOT NULL,
    actor        text        NOT NULL,
    created_at   timestamptz NOT NULL,
    CONSTRAINT waiver_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT waiver_dates CHECK (valid_to IS NULL OR valid_to >= valid_from)
);
COMMENT ON TABLE payroll.waiver IS 'One row per finding that finance set aside (schemas/waiver.py).';
"""

MASKED = """
CREATE FUNCTION payroll.masked(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN length(value) >= 9 THEN left(value, 3) || '******' || right(value, 3)
    WHEN length(value) > 0 THEN '***'
END;
COMMENT ON FUNCTION payroll.masked IS 'A citizen ID with its middle hidden; short ones are hidden whole.';
"""

WRITTEN_ONCE = """
CREATE TRIGGER run_written_once BEFORE UPDATE ON payroll.run
    FOR EACH ROW EXECUTE FUNCTION payroll.refuse_change();
CREATE TRIGGER run_centre_written_once BEFORE UPDATE ON payroll.run_centre
    FOR EACH ROW EXECUTE FUNCTION payroll.refuse_change();
CREATE TRIGGER run_source_written_once BEFORE UPDATE ON payroll.run_source
    FOR EACH ROW EXECUTE FUNCTION payroll.refuse_change();
CREATE TRIGGER decision_written_once BEFORE UPDATE ON payroll.decision
    FOR EACH ROW EXECUTE FUNCTION payroll.refuse_change();
CREATE TRIGGER finding_written_once BEFORE UPDATE ON payroll.finding
    FOR EACH ROW EXECUTE FUNCTION payroll.refuse_change();
"""


def upgrade() -> None:
    op.execute(RUN)
    op.execute(DECISION)
    op.execute(FINDING)
    op.execute(MASKED)
    op.execute(WRITTEN_ONCE)
