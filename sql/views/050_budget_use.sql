-- payroll.budget_use: one row per funding source and budget year with an allocation or committed money.
-- allocated_vnd is what the budget register gave that was pulled last (the highest number of a pull, whatever the
-- clocks say), by whichever month's run, one that found its month unchanged too; null: it does not give that year, or has a row of that source that cannot be read. committed_vnd is
-- what is committed now, less what the bank returned. Read by payroll.budget_refusals.
CREATE OR REPLACE VIEW payroll.budget_use AS
WITH reading AS (
    SELECT COALESCE(r.same_as_run_id, r.run_id) AS run_id
    FROM payroll.run r
    WHERE r.status IN ('completed', 'incomplete', 'unchanged')
    ORDER BY r.register_pull_no DESC NULLS LAST, r.run_no DESC
    LIMIT 1
), standing AS NOT MATERIALIZED (
    SELECT b.batch_id, b.funding_source, payroll.budget_year(b.kind, b.reference_month, a.pay_date) AS budget_year,
           a.amount_vnd
    FROM payroll.approval a
    JOIN payroll.batch b USING (batch_id)
    WHERE b.status <> 'void'
), part AS (
    SELECT g.funding_source, g.year AS budget_year, g.amount_vnd AS allocated_vnd, 0::bigint AS committed_vnd
    FROM reading
    JOIN payroll.run_budget g USING (run_id)
    UNION ALL
    SELECT s.funding_source, s.budget_year, NULL, s.amount_vnd
    FROM standing s
    UNION ALL
    SELECT s.funding_source, s.budget_year, NULL, COALESCE(r.amount_vnd, -l.amount_vnd)
    FROM payroll.line_result r
    JOIN payroll.payment_line l USING (payment_id)
    JOIN standing s USING (batch_id)
    WHERE r.result IN ('returned', 'offset')
    UNION ALL
    SELECT o.funding_source, payroll.budget_year('opening', o.reference_month, NULL), NULL, o.amount_vnd
    FROM payroll.opening_line o
    WHERE NOT EXISTS (SELECT FROM payroll.opening_end e WHERE e.payment_id = o.payment_id)
)
SELECT p.funding_source, p.budget_year, sum(p.allocated_vnd)::bigint AS allocated_vnd,
       sum(p.committed_vnd)::bigint AS committed_vnd
FROM part p
GROUP BY p.funding_source, p.budget_year;
