-- Centre-months with more committed people than the centre had posts when its last batch was approved.
SELECT p.reference_month, p.centre_code, count(*) AS posts
FROM (
    SELECT v.reference_month, v.centre_code, COALESCE(k.person_id, v.citizen_id) AS person_id
    FROM payroll.ledger_line v
    JOIN payroll.month m USING (reference_month)
    LEFT JOIN payroll.run_link k ON k.run_id = m.current_run_id AND k.former_id = v.citizen_id
    WHERE NOT v.is_returned AND v.batch_kind <> 'opening'
    GROUP BY v.reference_month, v.centre_code, COALESCE(k.person_id, v.citizen_id)
    HAVING sum(v.amount_vnd) > 0
) p
GROUP BY p.reference_month, p.centre_code
HAVING count(*) > (
    SELECT max(c.quota) FROM payroll.approval a
    JOIN payroll.batch b USING (batch_id)
    JOIN payroll.run_centre c ON c.run_id = a.run_id AND c.centre_code = b.centre_code
    WHERE b.reference_month = p.reference_month AND b.centre_code = p.centre_code);
