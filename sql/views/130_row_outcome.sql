-- state_payroll.row_outcome: one row per roster row of the month's current run: its one end, and every finding code.
-- Read by finance, and by whoever holds a month against its expected outcome.
CREATE OR REPLACE VIEW state_payroll.row_outcome WITH (security_barrier) AS
SELECT
    d.reference_month,
    d.centre_code,
    d.source_row,
    d.row_no,
    d.citizen_id,
    d.outcome,
    d.amount_vnd,
    d.codes
FROM payroll.month m
JOIN payroll.decision d ON d.run_id = m.current_run_id;
