-- People whose committed money for a month and centre is below zero: more was taken back than was paid.
SELECT v.reference_month, v.centre_code, count(*) AS lines
FROM payroll.ledger_line v
LEFT JOIN payroll.month m USING (reference_month)
LEFT JOIN payroll.run_link k ON k.run_id = m.current_run_id AND k.former_id = v.citizen_id
WHERE NOT v.is_returned
  AND NOT EXISTS (
      -- A recovery that was collected stands although the bank returned what it took back. Who is entitled gets it with
      -- the next arrears; who is not gets nothing: it stays open.
      SELECT FROM payroll.ledger_line r
      WHERE r.is_returned AND r.reference_month = v.reference_month AND r.centre_code = v.centre_code
        AND (r.person_id = v.person_id OR r.citizen_id = v.citizen_id))
GROUP BY v.reference_month, v.centre_code, COALESCE(k.person_id, v.citizen_id)
HAVING sum(v.amount_vnd) < 0;
