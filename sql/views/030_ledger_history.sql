-- payroll.ledger_history: one row per line that was ever approved, per opening line, and per offset of a recovery, with the places in the audit
-- chain at which it became committed, was made void (an opening line: cancelled), came back. As of position p a line is committed when
-- approved_seq <= p, voided_seq is null or above p, and returned_seq is null or above p. Where the bank returned what a
-- recovery takes back, and it was not collected yet, a row of kind offset takes that much from it: it has the recovery's
-- payment, a positive amount, and the place at which it was offset.
-- Month and centre are the batch's, which has an index over them: who asks for a month reads no other month's lines.
-- Arrears and recoveries count in the budget year of their pay date, everything else in the reference month's.
CREATE OR REPLACE VIEW payroll.ledger_history AS
SELECT
    l.payment_id,
    l.batch_id,
    b.number AS batch_number,
    l.batch_kind,
    b.funding_source,
    payroll.budget_year(b.kind, b.reference_month, a.pay_date) AS budget_year,
    a.pay_date,
    b.reference_month,
    b.centre_code,
    l.person_id,
    l.citizen_id,
    l.full_name,
    l.staff_category,
    l.agency,
    l.work_mode,
    l.coefficient_tenths,
    l.base_salary_vnd,
    l.amount_vnd,
    l.bank_account,
    l.bank_name,
    l.legal_basis,
    l.sheet,
    l.source_row,
    l.cause,
    l.cause_detail,
    l.source_sha256,
    l.run_id,
    a.audit_seq AS approved_seq,
    v.audit_seq AS voided_seq,
    r.audit_seq AS returned_seq,
    r.reason AS return_reason,
    l.post_days
FROM payroll.approval a
JOIN payroll.batch b USING (batch_id)
JOIN payroll.payment_line l USING (batch_id)
LEFT JOIN payroll.void v USING (batch_id)
LEFT JOIN payroll.line_result r ON r.payment_id = l.payment_id AND r.result = 'returned'
UNION ALL
SELECT
    l.payment_id, l.batch_id, b.number, 'offset', b.funding_source,
    payroll.budget_year(b.kind, b.reference_month, a.pay_date), a.pay_date, b.reference_month, b.centre_code,
    l.person_id, l.citizen_id, l.full_name, l.staff_category, l.agency, l.work_mode, l.coefficient_tenths,
    l.base_salary_vnd, r.amount_vnd, l.bank_account, l.bank_name, l.legal_basis, l.sheet, l.source_row, l.cause, NULL,
    l.source_sha256, l.run_id, r.audit_seq, v.audit_seq, NULL, NULL, NULL
FROM payroll.line_result r
JOIN payroll.payment_line l USING (payment_id)
JOIN payroll.batch b USING (batch_id)
JOIN payroll.approval a USING (batch_id)
LEFT JOIN payroll.void v USING (batch_id)
WHERE r.result = 'offset'
UNION ALL
SELECT
    o.payment_id, NULL, NULL, 'opening', o.funding_source, payroll.budget_year('opening', o.reference_month, NULL),
    NULL, o.reference_month, o.centre_code, o.person_id, o.citizen_id, o.full_name, NULL, NULL, NULL, NULL, NULL,
    o.amount_vnd, NULL, NULL, o.document, NULL, NULL, 'decided', NULL, o.source_sha256, NULL, o.audit_seq, e.audit_seq,
    NULL, NULL, NULL
FROM payroll.opening_line o
LEFT JOIN payroll.opening_end e USING (payment_id);
