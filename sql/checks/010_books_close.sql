-- Centres of a current run whose counts or amount are not those of its decisions.
SELECT c.run_id, c.centre_code
FROM payroll.month m
JOIN payroll.run_centre c ON c.run_id = m.current_run_id
LEFT JOIN LATERAL (
    SELECT count(*) AS rows_read, COALESCE(sum(d.amount_vnd), 0) AS amount_vnd,
           count(*) FILTER (WHERE d.outcome = 'paid') AS paid_rows,
           count(*) FILTER (WHERE d.outcome = 'superseded') AS superseded_rows,
           count(*) FILTER (WHERE d.outcome = 'held') AS held_rows,
           count(*) FILTER (WHERE d.outcome = 'merged') AS merged_rows
    FROM payroll.decision d WHERE d.run_id = c.run_id AND d.centre_code = c.centre_code
) d ON true
WHERE (c.rows_read, c.amount_vnd, c.paid_rows, c.superseded_rows, c.held_rows, c.merged_rows)
    IS DISTINCT FROM (d.rows_read, d.amount_vnd, d.paid_rows, d.superseded_rows, d.held_rows, d.merged_rows);
