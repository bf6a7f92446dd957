-- Centre-months with more committed people on some day than there were posts when their last batch was approved.
WITH approved AS (
    SELECT DISTINCT ON (b.reference_month, b.centre_code) b.reference_month, b.centre_code, a.run_id
    FROM payroll.approval a JOIN payroll.batch b USING (batch_id)
    ORDER BY b.reference_month, b.centre_code, a.audit_seq DESC
),
highest AS (
    SELECT b.reference_month, b.centre_code, place, max(p.posts) AS posts
    FROM payroll.approval a JOIN payroll.batch b USING (batch_id)
    JOIN payroll.run_posts p ON p.run_id = a.run_id AND p.centre_code = b.centre_code AND p.agency IS NULL
    CROSS JOIN generate_series(0, 30) AS place
    WHERE p.days & (1 << place) > 0
    GROUP BY b.reference_month, b.centre_code, place
)
SELECT m.reference_month, m.centre_code, day.place, count(*) AS people
FROM approved m
CROSS JOIN LATERAL payroll.days_held(m.reference_month, m.centre_code) h
CROSS JOIN generate_series(0, 30) AS day (place)
WHERE h.days & (1 << day.place) > 0
GROUP BY m.reference_month, m.centre_code, day.place
HAVING count(*) > COALESCE((
    SELECT t.posts FROM highest t
    WHERE (t.reference_month, t.centre_code, t.place) = (m.reference_month, m.centre_code, day.place)), 0);
