-- payroll.ledger_line: one row per line that is committed now: signed lines of approved, exported and paid batches, and
-- opening lines. is_returned: the bank sent the money back; such a line is not committed any more and is due again.
CREATE OR REPLACE VIEW payroll.ledger_line AS
SELECT h.*, h.returned_seq IS NOT NULL AS is_returned
FROM payroll.ledger_history h
WHERE h.voided_seq IS NULL;
