"""Workbooks handed back and sent in again, the layout of a centre's accepted file, and when a pull began."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MENDED = """
CREATE TABLE landing.mended_roster (
    reference_month  date        NOT NULL,
    centre_code      text        NOT NULL,
    sent_sha256      text        NOT NULL REFERENCES landing.content,
    base_sha256      text        NOT NULL REFERENCES landing.content,
    others           text        NOT NULL,
    whole_sha256     text        NOT NULL REFERENCES landing.content,
    reason           text        NOT NULL,
    actor            text        NOT NULL,
    at               timestamptz NOT NULL,
    PRIMARY KEY (reference_month, centre_code, sent_sha256),
    CONSTRAINT mended_roster_month CHECK (EXTRACT(day FROM reference_month) = 1),
    CONSTRAINT mended_roster_others CHECK (others IN ('stand', 'left')),
    CONSTRAINT mended_roster_whole CHECK ((others = 'left') = (whole_sha256 = sent_sha256)),
    CONSTRAINT mended_roster_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT mended_roster_actor CHECK (btrim(actor) <> '')
);
COMMENT ON TABLE landing.mended_roster IS
    'One row per returned workbook that lacks people of the roster it mends, and what somebody said of those people.';
COMMENT ON COLUMN landing.mended_roster.others IS
    'stand: the rows that are not in it stand as they were sent; left: those people are no longer on the roster.';
COMMENT ON COLUMN landing.mended_roster.whole_sha256 IS
    'The whole roster that comes of it, kept like any other: base and mended rows together, or the one sent itself.';
CREATE TRIGGER mended_roster_written_once BEFORE UPDATE OR DELETE ON landing.mended_roster
    FOR EACH ROW EXECUTE FUNCTION payroll.refuse_change();
CREATE TRIGGER mended_roster_not_emptied BEFORE TRUNCATE ON landing.mended_roster
    FOR EACH STATEMENT EXECUTE FUNCTION payroll.refuse_change();
"""

LAYOUT = """
ALTER TABLE payroll.run_centre ADD COLUMN layout jsonb;
COMMENT ON COLUMN payroll.run_centre.layout IS
    'How the table of the file in force is laid out (schemas/layout.py): the next file is compared with it.';
"""

PULLS = """
CREATE TABLE landing.last_pull (
    reference_month  date        NOT NULL,
    kind             text        NOT NULL,
    code             text        NOT NULL,
    began_at         timestamptz NOT NULL,
    PRIMARY KEY (reference_month, kind, code),
    CONSTRAINT last_pull_kind CHECK (kind IN ('roster', 'register')),
    CONSTRAINT last_pull_month CHECK (EXTRACT(day FROM reference_month) = 1)
);
COMMENT ON TABLE landing.last_pull IS
    'One row per month and centre (or register): when the pull began that found what is marked as its latest, or none.';
ALTER TABLE payroll.run ADD COLUMN pull_began_at timestamptz;
ALTER TABLE payroll.run ADD COLUMN confirmed_sha256 text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN payroll.run.confirmed_sha256 IS
    'The returned rosters about whose missing people an answer was known when it ran (mended_roster.sent_sha256).';
COMMENT ON COLUMN payroll.run.pull_began_at IS
    'When the pull of its requested centres began; a pull that began before it says nothing about them any more.';
"""


def upgrade() -> None:
    op.execute(MENDED)
    op.execute(LAYOUT)
    op.execute(PULLS)
