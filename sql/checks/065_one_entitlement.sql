-- People who have, over all centres, more committed for a month than the highest entitlement that any run of the month
-- gave them: money that no decision stands behind. An entitlement lowered later is no fault, it waits for a recovery;
-- neither are two IDs that were paid before anybody knew that they are one person's; what was paid before go-live is
-- what it is.
WITH person AS (
    SELECT v.reference_month, COALESCE(k.person_id, v.citizen_id) AS person_id,
           array_agg(DISTINCT v.person_id) AS paid_ids, sum(v.amount_vnd) AS amount_vnd, max(v.batch_id::text) AS batch_id
    FROM payroll.ledger_line v
    LEFT JOIN payroll.month m USING (reference_month)
    LEFT JOIN payroll.run_link k ON k.run_id = m.current_run_id AND k.former_id = v.citizen_id
    WHERE NOT v.is_returned
    GROUP BY v.reference_month, COALESCE(k.person_id, v.citizen_id)
    HAVING NOT bool_or(v.batch_kind = 'opening')
)
SELECT p.reference_month, p.batch_id
FROM person p
WHERE p.amount_vnd > (
    SELECT COALESCE(sum(of_id.highest_vnd), 0)
    FROM (
        SELECT max(of_run.amount_vnd) AS highest_vnd
        FROM (
            SELECT d.person_id, sum(d.amount_vnd) AS amount_vnd
            FROM payroll.run r JOIN payroll.decision d USING (run_id)
            WHERE r.reference_month = p.reference_month AND d.amount_vnd > 0 AND d.person_id = ANY(p.paid_ids)
            GROUP BY d.run_id, d.person_id) of_run
        GROUP BY of_run.person_id) of_id);
