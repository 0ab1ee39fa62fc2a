-- SPDX-License-Identifier: Apache-2.0
--
-- The statements of the figures (store/insights.h). As in queries.sql.

-- Some submissions by what is counted of them.
-- name: arrival_batch
SELECT created_ms / 86400000 AS day, industry, service_type,
    CASE
        WHEN contacted_ms = 0 THEN ''
        WHEN contacted_ms < created_ms + 3600000 THEN '1h'
        WHEN contacted_ms < created_ms + 14400000 THEN '4h'
        WHEN contacted_ms < created_ms + 86400000 THEN '1d'
        WHEN contacted_ms < created_ms + 259200000 THEN '3d'
        WHEN contacted_ms < created_ms + 604800000 THEN '7d'
        ELSE 'longer' END AS contact,
    count(*) AS n
FROM submission
WHERE id > :after AND id <= :upto
GROUP BY 1, 2, 3, 4;

-- name: arrival_add
INSERT INTO arrival (kind, day, value, n) VALUES (:kind, :day, :value, :n)
ON CONFLICT (kind, day, value) DO UPDATE SET n = n + excluded.n;

-- name: arrival_days
SELECT day, n FROM arrival
WHERE kind = 'all' AND day BETWEEN :first AND :last
ORDER BY day;

-- name: arrival_sums
SELECT kind, value, sum(n) AS n FROM arrival
WHERE kind IN ('industry', 'service', 'contact') AND day BETWEEN :first AND :last
GROUP BY kind, value
ORDER BY kind, n DESC, value;

-- name: funnel_sums
SELECT kind, step, field, code, sum(n) AS n FROM funnel
WHERE day BETWEEN :first AND :last
GROUP BY kind, step, field, code
ORDER BY kind, n DESC, step, field, code;
