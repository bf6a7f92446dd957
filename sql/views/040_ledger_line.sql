-- payroll.ledger_line: one row per line that is committed now: signed lines of approved, exported and paid batches, and
-- opening lines. is_returned: the bank sent the money back; such a line is not committed any more and is due again. What
-- of a recovery is not collected, since it came back from the bank, is a row of its own (batch_kind offset, positive).
-- Void batches, and opening lines that were cancelled, are left out by a question that the planner can guess the answer of: by "voided_seq IS NULL" it expects
-- next to nothing to be left, and begins with every approval there is.
CREATE OR REPLACE VIEW payroll.ledger_line AS
SELECT h.*, h.returned_seq IS NOT NULL AS is_returned
FROM payroll.ledger_history h
WHERE NOT EXISTS (SELECT FROM payroll.void v WHERE v.batch_id = h.batch_id)
  AND NOT EXISTS (SELECT FROM payroll.opening_end e WHERE e.payment_id = h.payment_id);
