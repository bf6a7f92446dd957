-- Approved batches that are not what the run found due on whose decisions they were approved; and open ones that are
-- not what their month's current run found due.
SELECT b.batch_id
FROM payroll.batch b
LEFT JOIN payroll.approval a USING (batch_id)
JOIN payroll.month m USING (reference_month)
LEFT JOIN payroll.run_due d
    ON d.run_id = COALESCE(a.run_id, m.current_run_id) AND d.centre_code = b.centre_code AND d.kind = b.kind
LEFT JOIN LATERAL (
    SELECT count(*) AS lines, sum(l.amount_vnd) AS amount_vnd FROM payroll.payment_line l WHERE l.batch_id = b.batch_id
) l ON true
WHERE (b.content_sha256, l.lines, l.amount_vnd) IS DISTINCT FROM (d.content_sha256, d.lines, d.amount_vnd);
