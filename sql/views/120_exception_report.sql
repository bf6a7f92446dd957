-- state_payroll.exception_report: one row per finding of the month's current run, and of a later blocked run as long as
-- that is the month's latest word (010_shown_run.sql). status is the case's: open, reopened, waived, mended.
-- citizen_id_masked shows the first and last three characters. Read by finance and the centres.
CREATE OR REPLACE VIEW state_payroll.exception_report WITH (security_barrier) AS
SELECT
    case_id,
    reference_month,
    centre_code,
    level,
    severity,
    code,
    status,
    source_file,
    sheet,
    row_number,
    row_no,
    column_name,
    cell,
    citizen_id_masked,
    message_vi,
    message_en,
    how_to_fix_vi,
    legal_basis,
    waivable,
    first_run_id,
    last_run_id
FROM payroll.exception_detail;
