-- state_payroll.payment_record: one row per payment line of an approved, exported or paid batch, and what became of it; a
-- void batch pays nothing and is not shown. The plain sum of received_vnd is what people received (rulebook section 6):
-- a line that came back counts nothing, its arrears count once they are confirmed, of a recovery what was collected.
-- Read by the treasury, banks and whoever else has a right to see payments.
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
    l.source_row,
    CASE
        WHEN r.is_returned THEN 'returned'
        WHEN r.offset_vnd > 0 AND r.offset_vnd = -l.amount_vnd THEN 'offset'
        WHEN r.is_paid OR c.is_collected THEN 'paid'
    END AS result,
    a.pay_date,
    payroll.budget_year(b.kind, b.reference_month, a.pay_date) AS budget_year,
    CASE
        WHEN c.is_collected THEN l.amount_vnd + r.offset_vnd
        WHEN r.is_paid AND NOT r.is_returned THEN l.amount_vnd
        ELSE 0
    END AS received_vnd
FROM payroll.payment_line l
JOIN payroll.batch b USING (batch_id)
JOIN payroll.approval a USING (batch_id)
-- A recovery has no answer of the bank: it is collected when its batch is confirmed.
CROSS JOIN LATERAL (SELECT l.amount_vnd < 0 AND b.status = 'paid' AS is_collected) c
CROSS JOIN LATERAL (
    SELECT COALESCE(bool_or(x.result = 'paid'), FALSE) AS is_paid,
           COALESCE(bool_or(x.result = 'returned'), FALSE) AS is_returned,
           COALESCE(sum(x.amount_vnd) FILTER (WHERE x.result = 'offset'), 0)::bigint AS offset_vnd
    FROM payroll.line_result x WHERE x.payment_id = l.payment_id
) r
WHERE b.status IN ('approved', 'exported', 'paid');
