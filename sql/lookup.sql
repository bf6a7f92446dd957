-- Functions of payroll look names up in PostgreSQL's own schema alone, whatever the caller's search_path says: nobody
-- slips in a table, an aggregate or an operator of their own. Run after the views at each upgrade. Functions whose body
-- is one expression (RETURN) were bound when they were made and stay as they are: the planner may write them out.
DO $$
DECLARE
    found regprocedure;
BEGIN
    FOR found IN
        SELECT p.oid FROM pg_proc p
        WHERE p.pronamespace = 'payroll'::regnamespace AND p.prosqlbody IS NULL
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp', found);
    END LOOP;
END $$;
