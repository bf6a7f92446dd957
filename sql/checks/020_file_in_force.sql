-- Centres whose current run rests on another file than the one in force.
SELECT c.run_id, c.centre_code
FROM payroll.month m
JOIN payroll.run_centre c ON c.run_id = m.current_run_id
LEFT JOIN landing.source_file f
    ON f.reference_month = m.reference_month AND f.centre_code = c.centre_code AND f.is_in_force
WHERE c.source_file_id IS DISTINCT FROM f.source_file_id;
