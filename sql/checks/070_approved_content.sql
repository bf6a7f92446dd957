-- Approved batches whose lines are no longer what was approved, by hash or by sum.
SELECT a.batch_id
FROM payroll.approval a
JOIN payroll.batch b USING (batch_id)
WHERE a.content_sha256 <> b.content_sha256
   OR a.content_sha256 IS DISTINCT FROM payroll.batch_content(a.batch_id)
   OR a.amount_vnd IS DISTINCT FROM (SELECT sum(l.amount_vnd) FROM payroll.payment_line l WHERE l.batch_id = a.batch_id);
