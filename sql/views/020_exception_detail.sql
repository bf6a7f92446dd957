-- payroll.exception_detail: one row per finding of a shown run (010_shown_run.sql), everything a report needs.
-- source_file is the file the finding names, else the one its centre's run rests on.
-- Holds full IDs and names: read inside only, by the exception workbook and by explain.
CREATE OR REPLACE VIEW payroll.exception_detail AS
SELECT
    f.case_id,
    s.reference_month,
    f.centre_code,
    f.level,
    f.severity,
    f.code,
    c.status,
    COALESCE(f.source_file, file.file_name) AS source_file,
    f.sheet,
    f.source_row AS row_number,
    f.row_no,
    f.column_name,
    f.cell,
    f.citizen_id,
    payroll.masked(f.citizen_id) AS citizen_id_masked,
    f.full_name,
    f.person_key,
    f.found,
    f.expected,
    f.place,
    f.amount_at_stake_vnd,
    f.message_vi,
    f.message_en,
    f.how_to_fix_vi,
    f.how_to_fix_en,
    f.legal_basis,
    f.is_waivable AS waivable,
    f.is_waived AS waived,
    c.first_run_id,
    c.last_run_id,
    f.run_id,
    f.position,
    s.is_current
FROM payroll.shown_run s
JOIN payroll.finding f USING (run_id)
JOIN payroll."case" c USING (case_id)
LEFT JOIN payroll.run_centre rests
    ON rests.run_id = f.run_id AND rests.centre_code = f.centre_code AND f.level IN ('file', 'row')
LEFT JOIN landing.source_file file ON file.source_file_id = rests.source_file_id;
