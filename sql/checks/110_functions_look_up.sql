-- Functions of payroll that look names up where their caller says (sql/lookup.sql).
SELECT p.oid::regprocedure
FROM pg_catalog.pg_proc p
WHERE p.pronamespace = 'payroll'::regnamespace AND p.prosqlbody IS NULL
  AND NOT 'search_path=pg_catalog, pg_temp' = ANY (COALESCE(p.proconfig, '{}'));
