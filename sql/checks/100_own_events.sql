-- Steps of the ledger that do not rest on their own event of the audit chain (none, somebody else's, or one that says
-- otherwise), events of the ledger that no step rests on, and opening lines that are not as many or as much as said.
SELECT s.step, s.step_id::text
FROM payroll.step_said s
LEFT JOIN payroll.audit_event e
    ON e.seq = s.audit_seq AND (e.actor, e.action) = (s.actor, s.action) AND e.detail @> s.said
    AND (s.run_id IS NULL OR s.run_id = e.run_id)
WHERE e.seq IS NULL
UNION ALL
SELECT 'event', e.seq::text
FROM payroll.audit_event e
WHERE e.action IN ('approve', 'void', 'confirm', 'opening', 'cancel_opening')
  AND NOT EXISTS (SELECT FROM payroll.step_said s WHERE s.audit_seq = e.seq)
UNION ALL
SELECT 'opening', e.seq::text
FROM payroll.audit_event e
JOIN payroll.opening_line o ON o.audit_seq = e.seq
GROUP BY e.seq
HAVING e.detail @> jsonb_build_object('lines', count(*), 'amount_vnd', sum(o.amount_vnd)) IS NOT TRUE;
