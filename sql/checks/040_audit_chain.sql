-- Links of the audit chain that do not hold: a gap in the numbers, another predecessor, another content.
SELECT seq
FROM (
    SELECT e.seq, e.prev_hash, e.hash, payroll.audit_hash(e) AS hash_now,
           row_number() OVER (ORDER BY e.seq) AS position,
           COALESCE(lag(e.hash) OVER (ORDER BY e.seq), '') AS hash_before
    FROM payroll.audit_event e
) chain
WHERE seq <> position OR prev_hash <> hash_before OR hash <> hash_now;
