-- Batches whose state is not the last step that somebody wrote down.
SELECT b.batch_id
FROM payroll.batch b
LEFT JOIN payroll.approval a USING (batch_id)
LEFT JOIN payroll.void v USING (batch_id)
LEFT JOIN payroll.export e USING (batch_id)
LEFT JOIN payroll.confirmation c USING (batch_id)
WHERE (b.status IN ('approved', 'exported', 'paid', 'void')) <> (a.batch_id IS NOT NULL)
   OR (b.status = 'void') <> (v.batch_id IS NOT NULL)
   OR (b.status IN ('exported', 'paid')) <> (e.batch_id IS NOT NULL)
   OR (b.status = 'paid') <> (c.batch_id IS NOT NULL);
