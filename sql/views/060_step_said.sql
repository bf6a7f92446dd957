-- payroll.step_said: one row per step that changed what is committed (approved, made void, confirmed by the bank, paid
-- before go-live), with what its event in the audit chain must say of it: number, action, account, and the part of the
-- detail that the row gives. run_id where the event must name it. Reasons are in the chain as their hashes alone.
CREATE OR REPLACE VIEW payroll.step_said AS
SELECT
    'approval' AS step,
    a.batch_id AS step_id,
    a.audit_seq,
    'approve' AS action,
    a.actor,
    a.run_id,
    jsonb_build_object(
        'batch_id', a.batch_id, 'content_sha256', a.content_sha256, 'basis_sha256', a.basis_sha256,
        'amount_vnd', a.amount_vnd, 'pay_date', to_char(a.pay_date, 'YYYY-MM-DD'),
        'reason_sha256', encode(sha256(convert_to(a.reason, 'UTF8')), 'hex'))
        || CASE WHEN a.paper IS NULL THEN '{}' ELSE jsonb_build_object('paper', a.paper) END AS said
FROM payroll.approval a
UNION ALL
SELECT 'void', v.batch_id, v.audit_seq, 'void', COALESCE(v.actor, 'system'), v.run_id,
       jsonb_build_object(
           'batch_id', v.batch_id, 'reason_sha256', encode(sha256(convert_to(v.reason, 'UTF8')), 'hex'))
FROM payroll.void v
UNION ALL
SELECT 'confirmation', c.batch_id, c.audit_seq, 'confirm', c.actor, NULL,
       jsonb_build_object('batch_id', c.batch_id, 'paid_on', to_char(c.paid_on, 'YYYY-MM-DD'))
FROM payroll.confirmation c
UNION ALL
SELECT 'line_result', r.payment_id, r.audit_seq, 'confirm', r.actor, NULL,
       jsonb_build_object('paid_on', to_char(r.result_on, 'YYYY-MM-DD')) || CASE r.result
           WHEN 'returned' THEN jsonb_build_object(
               'batch_id', l.batch_id, 'returned', jsonb_build_array(r.payment_id),
               'reasons_sha256', jsonb_build_array(
                   encode(sha256(convert_to(concat_ws(' ', r.payment_id, r.reason), 'UTF8')), 'hex')))
           WHEN 'offset' THEN jsonb_build_object('offset', jsonb_build_array(concat_ws(' ', r.payment_id, r.amount_vnd)))
           ELSE jsonb_build_object('batch_id', l.batch_id) END
FROM payroll.line_result r
JOIN payroll.payment_line l USING (payment_id)
UNION ALL
SELECT 'opening_line', o.payment_id, o.audit_seq, 'opening', o.actor, NULL,
       jsonb_build_object(
           'months', jsonb_build_array(to_char(o.reference_month, 'YYYY-MM')), 'source_sha256', o.source_sha256)
FROM payroll.opening_line o
UNION ALL
SELECT 'opening_end', e.payment_id, e.audit_seq, 'cancel_opening', e.actor, NULL,
       jsonb_build_object(
           'payments', jsonb_build_array(e.payment_id),
           'reason_sha256', encode(sha256(convert_to(e.reason, 'UTF8')), 'hex'))
FROM payroll.opening_end e;
