-- Batches without a line.
SELECT b.batch_id
FROM payroll.batch b
WHERE NOT EXISTS (SELECT FROM payroll.payment_line l WHERE l.batch_id = b.batch_id);
