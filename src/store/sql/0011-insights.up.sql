-- SPDX-License-Identifier: Apache-2.0
--
-- What came, counted by day (store/insights.h): numbers only, nothing that leads to a submission.
-- day is that of created_ms, from 1970-01-01, in UTC. An erased submission stays counted. kind and
-- value:
--   all        '': every submission
--   industry   as chosen
--   service    as chosen; a submission may have several
--   contact    how long until somebody of the team made it something else than new or spam
--
-- Written beside the groups, behind the search index; meta has how far: 'counted'.

CREATE TABLE arrival (
    kind  TEXT NOT NULL CHECK (kind IN ('all', 'industry', 'service', 'contact')),
    day   INTEGER NOT NULL,
    value TEXT NOT NULL,
    n     INTEGER NOT NULL CHECK (n > 0),
    PRIMARY KEY (kind, day, value)
) STRICT, WITHOUT ROWID;

-- The first contact is counted in the transaction that makes it; the spans are those of
-- arrival_batch (insights.sql).
CREATE TRIGGER submission_is_contacted AFTER UPDATE OF contacted_ms ON submission
WHEN old.contacted_ms = 0 AND new.contacted_ms <> 0
    AND old.id <= (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'counted')
BEGIN
    INSERT INTO arrival (kind, day, value, n)
    VALUES ('contact', old.created_ms / 86400000,
        CASE
            WHEN new.contacted_ms < old.created_ms + 3600000 THEN '1h'
            WHEN new.contacted_ms < old.created_ms + 14400000 THEN '4h'
            WHEN new.contacted_ms < old.created_ms + 86400000 THEN '1d'
            WHEN new.contacted_ms < old.created_ms + 259200000 THEN '3d'
            WHEN new.contacted_ms < old.created_ms + 604800000 THEN '7d'
            ELSE 'longer' END,
        1)
    ON CONFLICT (kind, day, value) DO UPDATE SET n = n + 1;
END;
