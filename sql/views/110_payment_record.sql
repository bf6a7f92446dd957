-- state_payroll.payment_record: one row per payment line of an approved, exported or paid batch; a void batch pays
-- nothing and is not shown. Read by the treasury, banks and whoever else has a right to see payments.
CREATE OR REPLACE VIEW state_payroll.payment_record WITH (security_barrier) AS
SELECT
    l.payment_id,
    l.batch_id,
    b.kind AS batch_kind,
    b.status AS batch_status,
    l.reference_month,
    l.centre_code,
    b.funding_source,
    l.citizen_id,
    l.full_name,
    l.staff_category,
    l.agency,
    l.work_mode,
    (l.coefficient_tenths / 10.0)::numeric(6, 1) AS coefficient,
    l.base_salary_vnd,
    l.amount_vnd,
    l.bank_account,
    l.bank_name,
    l.legal_basis,
    l.run_id,
    l.source_sha256,
    l.sheet AS source_sheet,
    l.source_row
FROM payroll.payment_line l
JOIN payroll.batch b USING (batch_id)
WHERE b.status IN ('approved', 'exported', 'paid');
