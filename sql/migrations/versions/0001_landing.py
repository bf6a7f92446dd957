"""What comes in: every file's bytes once, and which file of a centre is in force."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

CONTENT = """
CREATE SCHEMA landing;
COMMENT ON SCHEMA landing IS 'What came in, byte for byte.';
COMMENT ON SCHEMA payroll IS 'What was decided and is due. Nobody but ioc-etl reads or writes here.';
CREATE SCHEMA state_payroll;
COMMENT ON SCHEMA state_payroll IS
    'Views only, the contract with the outside: outsiders get SELECT here and nothing else (role ioc_etl_reader).';

CREATE FUNCTION payroll.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% is written once: % is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'raise_exception';
END $$;

CREATE TABLE landing.content (
    sha256      text   PRIMARY KEY,
    size_bytes  bigint NOT NULL,
    bytes       bytea  NOT NULL,
    CONSTRAINT content_is_what_its_hash_says CHECK (sha256 = encode(sha256(bytes), 'hex')),
    CONSTRAINT content_size CHECK (size_bytes = octet_length(bytes))
);
-- Office files are compressed already.
ALTER TABLE landing.content ALTER COLUMN bytes SET STORAGE EXTERNAL;
COMMENT ON TABLE landing.content IS 'One row per different file content, byte for byte.';

CREATE TRIGGER content_written_once BEFORE UPDATE ON landing.content
    FOR EACH ROW EXECUTE FUNCTION payroll.refuse_change();
"""

SOURCE_FILE = """
CREATE TABLE landing.source_file (
    source_file_id   uuid        PRIMARY KEY,
    kind             text        NOT NULL,
    reference_month  date        NOT NULL,
    centre_code      text,
    register_name    text,
    file_name        text        NOT NULL,
    origin           text        NOT NULL,
    sha256           text        NOT NULL REFERENCES landing.content,
    received_at      timestamptz NOT NULL,
    is_too_large     boolean     NOT NULL,
    is_latest        boolean     NOT NULL,
    verdict          text,
    is_in_force      boolean     NOT NULL DEFAULT false,
    CONSTRAINT source_file_kind CHECK (kind IN ('roster', 'register')),
    CONSTRAINT source_file_month CHECK (EXTRACT(day FROM reference_month) = 1),
    CONSTRAINT source_file_of_whom CHECK (
        (kind = 'roster' AND centre_code IS NOT NULL AND register_name IS NULL)
        OR (kind = 'register' AND centre_code IS NULL AND register_name IS NOT NULL)),
    CONSTRAINT source_file_verdict CHECK (verdict IN ('accepted', 'refused')),
    CONSTRAINT source_file_in_force_is_accepted
        CHECK (NOT is_in_force OR (kind = 'roster' AND verdict = 'accepted' AND NOT is_too_large)),
    CONSTRAINT source_file_kept_once
        UNIQUE NULLS NOT DISTINCT (reference_month, kind, centre_code, register_name, sha256)
);
CREATE UNIQUE INDEX source_file_one_in_force ON landing.source_file (reference_month, centre_code) WHERE is_in_force;
CREATE INDEX source_file_by_content ON landing.source_file (sha256);
COMMENT ON TABLE landing.source_file IS
    'One row per month, centre (or register) and content; verdict null until a run has looked at it.';
COMMENT ON COLUMN landing.source_file.is_latest IS
    'The last pull of its centre (or register) for the month brought it; none is set when that pull brought nothing.';
COMMENT ON COLUMN landing.source_file.is_too_large IS 'Only its beginning was kept.';
COMMENT ON COLUMN landing.source_file.origin IS 'Where it was pulled from, without credentials.';
"""


def upgrade() -> None:
    op.execute(CONTENT)
    op.execute(SOURCE_FILE)
