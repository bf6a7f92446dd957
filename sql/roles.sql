-- Outsiders read the views of state_payroll and nothing else. Run after the views at each upgrade.
-- Give a person or a program the right to read with: GRANT ioc_etl_reader TO their_role;
-- A database whose owner may not make roles goes without; its administrator makes ioc_etl_reader, then upgrades again.
DO $$
BEGIN
    CREATE ROLE ioc_etl_reader NOLOGIN;
EXCEPTION
    WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
END $$;

REVOKE ALL ON SCHEMA landing, payroll, state_payroll FROM PUBLIC;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ioc_etl_reader') THEN
        GRANT USAGE ON SCHEMA state_payroll TO ioc_etl_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA state_payroll TO ioc_etl_reader;
    END IF;
END $$;
