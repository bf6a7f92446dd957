-- payroll.month_calendar: one row per month and centre of the month's current run: where it stands and what waits.
-- state is the committed batch's (approved, exported, paid), else missing or refused while no file is in force, else the
-- open batch's (draft, submitted); empty: a file is in force and nothing is due. is_adjusted: there are arrears or
-- recoveries beside. since is when the state began; null for a missing roster, which is late since the month ended.
-- next_steps in the order in which they are taken; a part of a roster that nobody has answered for waits for that answer
-- (hand_in), another refused file to be mended. Holds counts and đồng only. Read by status, flows and pages.
CREATE OR REPLACE VIEW payroll.month_calendar AS
WITH told AS (
    SELECT b.batch_id, b.reference_month, b.centre_code, b.kind, b.number, b.status,
           CASE b.status
               WHEN 'submitted' THEN (SELECT s.at FROM payroll.submission s WHERE s.batch_id = b.batch_id
                                    ORDER BY s.submission_no DESC LIMIT 1)
               WHEN 'approved' THEN (SELECT a.at FROM payroll.approval a WHERE a.batch_id = b.batch_id)
               WHEN 'exported' THEN (SELECT e.at FROM payroll.export e WHERE e.batch_id = b.batch_id)
               WHEN 'paid' THEN (SELECT c.at FROM payroll.confirmation c WHERE c.batch_id = b.batch_id)
               ELSE (SELECT r.finished_at FROM payroll.run r WHERE r.run_id = b.run_id)
           END AS since,
           b.kind = 'recovery' AND b.status = 'draft' AND EXISTS (
               SELECT FROM payroll.payment_line l
               WHERE l.batch_id = b.batch_id AND NOT EXISTS (
                   SELECT FROM payroll.recovery_confirmation c
                   WHERE (c.payment_id, c.run_id, c.amount_vnd) = (l.payment_id, l.run_id, l.amount_vnd))) AS is_unconfirmed
    FROM payroll.batch b
    WHERE b.status <> 'void'
), counted AS (
    SELECT t.reference_month, t.centre_code,
           (array_agg(t.status ORDER BY t.kind <> 'regular', t.number DESC))[1] AS batch_status,
           (array_agg(t.since ORDER BY t.kind <> 'regular', t.number DESC))[1] AS batch_since,
           bool_or(t.kind <> 'regular') AS is_adjusted,
           count(*) FILTER (WHERE t.status = 'draft' AND NOT t.is_unconfirmed) AS drafts,
           count(*) FILTER (WHERE t.is_unconfirmed) AS unconfirmed,
           count(*) FILTER (WHERE t.status = 'submitted') AS submitted,
           count(*) FILTER (WHERE t.status = 'approved') AS approved,
           count(*) FILTER (WHERE t.status = 'exported') AS exported
    FROM told t
    GROUP BY t.reference_month, t.centre_code
), standing AS (
    SELECT m.reference_month, c.centre_code, c.file_status, c.rows_read, c.held_rows, c.amount_vnd,
           b.batch_status, b.batch_since, COALESCE(b.is_adjusted, false) AS is_adjusted,
           b.drafts, b.unconfirmed, b.submitted, b.approved, b.exported,
           EXISTS (SELECT FROM payroll.finding f
                   WHERE f.run_id = c.run_id AND f.centre_code = c.centre_code AND f.level = 'file'
                     AND f.severity = 'block' AND f.code <> 'ROSTER_MISSING') AS is_offer_refused,
           EXISTS (SELECT FROM payroll.finding f
                   WHERE f.run_id = c.run_id AND f.centre_code = c.centre_code AND f.code = 'ROSTER_PARTIAL') AS is_part,
           EXISTS (SELECT FROM landing.mended_roster d
                   JOIN landing.source_file f USING (reference_month, centre_code)
                   WHERE d.reference_month = m.reference_month AND d.centre_code = c.centre_code
                     AND f.kind = 'roster' AND f.is_latest AND f.sha256 = d.sent_sha256) AS is_part_answered,
           (SELECT max(f.received_at) FROM landing.source_file f
            WHERE f.kind = 'roster' AND f.reference_month = m.reference_month AND f.centre_code = c.centre_code
              AND f.is_latest) AS offered_at,
           CASE
               WHEN b.batch_status IN ('approved', 'exported', 'paid') THEN b.batch_status
               WHEN c.file_status <> 'accepted' THEN c.file_status
               ELSE COALESCE(b.batch_status, 'empty')
           END AS state
    FROM payroll.month m
    JOIN payroll.run_centre c ON c.run_id = m.current_run_id
    LEFT JOIN counted b ON b.reference_month = m.reference_month AND b.centre_code = c.centre_code
)
SELECT
    s.reference_month,
    s.centre_code,
    s.state,
    s.is_adjusted,
    s.file_status,
    s.is_offer_refused,
    s.rows_read,
    s.held_rows,
    s.amount_vnd,
    CASE s.state WHEN 'refused' THEN s.offered_at WHEN 'missing' THEN NULL ELSE s.batch_since END AS since,
    array_remove(ARRAY[
        CASE WHEN s.file_status = 'missing' THEN 'send' END,
        CASE WHEN NOT s.is_part AND (s.file_status = 'refused' OR s.is_offer_refused) THEN 'mend' END,
        CASE WHEN s.is_part AND NOT s.is_part_answered THEN 'hand_in' END,
        CASE WHEN EXISTS (SELECT FROM payroll.month_outdated o
                          WHERE (o.reference_month, o.centre_code) = (s.reference_month, s.centre_code))
             THEN 'rerun' END,
        CASE WHEN s.held_rows > 0 THEN 'review' END,
        CASE WHEN s.unconfirmed > 0 THEN 'confirm_recovery' END,
        CASE WHEN s.drafts > 0 THEN 'submit' END,
        CASE WHEN s.submitted > 0 THEN 'approve' END,
        CASE WHEN s.approved > 0 THEN 'export' END,
        CASE WHEN s.exported > 0 THEN 'confirm' END], NULL) AS next_steps
FROM standing s;
