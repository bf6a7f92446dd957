-- payroll.shown_run: one row per run whose findings are shown now.
-- A month shows its current run: the last that decided it. A blocked run decides nothing and does not become current
-- (rulebook, close reading 17), but somebody must see why it was blocked: while it is the month's latest word, its
-- findings stand beside the current run's. A later run that decides the month, or finds it unchanged, ends that.
-- A run that broke off says nothing about the month. Read by exception_report.
CREATE OR REPLACE VIEW payroll.shown_run AS
SELECT m.reference_month, m.current_run_id AS run_id, true AS is_current
FROM payroll.month m
WHERE m.current_run_id IS NOT NULL
UNION ALL
SELECT r.reference_month, r.run_id, false
FROM payroll.run r
JOIN payroll.month m USING (reference_month)
WHERE r.status = 'blocked'
  AND NOT EXISTS (
      SELECT FROM payroll.run l
      WHERE l.reference_month = r.reference_month AND l.run_no > r.run_no
        AND (l.status IN ('blocked', 'unchanged') OR l.run_id = m.current_run_id));
