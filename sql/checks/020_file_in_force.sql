-- Centres whose current run rests on another file than the one in force.
SELECT c.run_id, c.centre_code
FROM payroll.month m
JOIN payroll.run_centre c ON c.run_id = m.current_run_id
JOIN landing.source_file f USING (source_file_id)
WHERE NOT f.is_in_force;
