-- Findings shown now whose case says that they are mended, or belongs to another month.
SELECT d.case_id
FROM payroll.exception_detail d
JOIN payroll."case" c USING (case_id)
WHERE d.reference_month <> c.reference_month OR (d.is_current AND c.status = 'mended');
