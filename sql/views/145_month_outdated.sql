-- payroll.month_outdated: one row per month and centre for which something has happened that the month's current run does
-- not know: a line came back or a batch became void, money paid before was entered or cancelled, finance waived something
-- or took a waiver back, said which row stands, or answered for a returned roster; a recovery was approved while a row is
-- held that is too like somebody paid; or the month's last run failed or was blocked. Running the month again takes it
-- in. Parameters are not seen here: whether a version of the policy decides a month otherwise is not for SQL to say.
-- Read by payroll.month_calendar.
CREATE OR REPLACE VIEW payroll.month_outdated AS
WITH current AS (
    SELECT m.reference_month, r.run_id, r.run_no, r.ledger_position, r.waiver_ids, r.standing_ids, r.confirmed_sha256
    FROM payroll.month m
    JOIN payroll.run r ON r.run_id = m.current_run_id
), standing AS (
    SELECT DISTINCT ON (s.reference_month, s.person_id) s.standing_id, s.reference_month, s.centre_code
    FROM payroll.standing s
    ORDER BY s.reference_month, s.person_id, s.standing_no DESC
)
SELECT c.reference_month, l.centre_code
FROM current c
JOIN payroll.payment_line l USING (reference_month)
JOIN payroll.line_result r USING (payment_id)
WHERE r.result = 'returned' AND r.audit_seq > c.ledger_position
UNION
SELECT c.reference_month, b.centre_code
FROM current c
JOIN payroll.batch b USING (reference_month)
JOIN payroll.void v USING (batch_id)
WHERE v.audit_seq > c.ledger_position
UNION
SELECT c.reference_month, o.centre_code
FROM current c
JOIN payroll.opening_line o USING (reference_month)
LEFT JOIN payroll.opening_end e USING (payment_id)
WHERE GREATEST(o.audit_seq, e.audit_seq) > c.ledger_position
UNION
SELECT c.reference_month, w.centre_code
FROM current c
JOIN payroll.waiver w ON w.valid_from <= c.reference_month AND (w.valid_to IS NULL OR w.valid_to >= c.reference_month)
LEFT JOIN payroll.waiver_end e USING (waiver_id)
WHERE (e.waiver_id IS NULL) <> (w.waiver_id = ANY (c.waiver_ids))
UNION
SELECT c.reference_month, s.centre_code
FROM current c
JOIN standing s USING (reference_month)
WHERE s.standing_id <> ALL (c.standing_ids)
UNION
SELECT c.reference_month, d.centre_code
FROM current c
JOIN landing.mended_roster d USING (reference_month)
JOIN landing.source_file f USING (reference_month, centre_code)
WHERE f.kind = 'roster' AND f.is_latest AND f.sha256 = d.sent_sha256 AND d.sent_sha256 <> ALL (c.confirmed_sha256)
UNION
SELECT c.reference_month, f.centre_code
FROM current c
JOIN payroll.finding f ON f.run_id = c.run_id AND f.code IN ('POSSIBLE_DUPLICATE', 'SHARED_BANK_ACCOUNT')
    AND NOT f.is_waived
WHERE EXISTS (
    SELECT FROM payroll.batch b
    JOIN payroll.approval a USING (batch_id)
    WHERE b.reference_month = c.reference_month AND b.kind = 'recovery' AND a.audit_seq > c.ledger_position)
UNION
SELECT c.reference_month, n.centre_code
FROM current c
JOIN payroll.run_centre n USING (run_id)
WHERE (SELECT r.status FROM payroll.run r WHERE r.reference_month = c.reference_month ORDER BY r.run_no DESC LIMIT 1)
    IN ('failed', 'blocked');
