-- state_payroll.centre_month: one row per month and centre of the month's current run, centres without a file too.
-- batch_status is the regular batch's; null while nothing is due. Read by finance, status and the calendar.
CREATE OR REPLACE VIEW state_payroll.centre_month WITH (security_barrier) AS
SELECT
    m.reference_month,
    c.centre_code,
    c.file_status,
    c.rows_read,
    c.paid_rows,
    c.superseded_rows,
    c.held_rows,
    c.merged_rows,
    c.amount_vnd,
    c.quota,
    c.budget_year_vnd,
    c.committed_year_vnd,
    (SELECT b.status FROM payroll.batch b
     WHERE b.reference_month = m.reference_month AND b.centre_code = c.centre_code AND b.kind = 'regular'
     ORDER BY b.status = 'void', b.number DESC LIMIT 1) AS batch_status
FROM payroll.month m
JOIN payroll.run_centre c ON c.run_id = m.current_run_id;
