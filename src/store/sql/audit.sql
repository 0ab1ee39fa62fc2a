-- SPDX-License-Identifier: Apache-2.0
--
-- Looking through the audit (audit_log.h).

-- The audit going back from an event, by the narrowest index that fits: what happened to something,
-- what somebody did, what was done, everything. '' and the ends of the numbers: whatever it is.
-- name: audit_of_subject
SELECT seq, at_ms, actor, action, subject, detail, hash FROM audit
WHERE seq IN (
    SELECT seq FROM audit WHERE subject = :subject AND actor NOT IN ('visitor', 'api')
    UNION SELECT audit FROM submission WHERE client_id = :subject)
    AND seq < :below AND seq > :above
    AND (:actor = '' OR actor = :actor) AND (:action = '' OR action = :action)
ORDER BY seq DESC
LIMIT :n;

-- name: audit_of_actor
SELECT seq, at_ms, actor, action, subject, detail, hash FROM audit
WHERE actor = :actor AND actor NOT IN ('visitor', 'api') AND seq < :below AND seq > :above
    AND (:action = '' OR action = :action)
ORDER BY seq DESC
LIMIT :n;

-- name: audit_of_action
SELECT seq, at_ms, actor, action, subject, detail, hash FROM audit
WHERE action = :action AND actor NOT IN ('visitor', 'api') AND seq < :below AND seq > :above
ORDER BY seq DESC
LIMIT :n;

-- name: audit_of_all
SELECT seq, at_ms, actor, action, subject, detail, hash FROM audit
WHERE seq < :below AND seq > :above
    AND (:actor = '' OR actor = :actor) AND (:action = '' OR action = :action)
ORDER BY seq DESC
LIMIT :n;

-- The same towards the newer ones.
-- name: audit_of_subject_up
SELECT seq, at_ms, actor, action, subject, detail, hash FROM audit
WHERE seq IN (
    SELECT seq FROM audit WHERE subject = :subject AND actor NOT IN ('visitor', 'api')
    UNION SELECT audit FROM submission WHERE client_id = :subject)
    AND seq < :below AND seq > :above
    AND (:actor = '' OR actor = :actor) AND (:action = '' OR action = :action)
ORDER BY seq
LIMIT :n;

-- name: audit_of_actor_up
SELECT seq, at_ms, actor, action, subject, detail, hash FROM audit
WHERE actor = :actor AND actor NOT IN ('visitor', 'api') AND seq < :below AND seq > :above
    AND (:action = '' OR action = :action)
ORDER BY seq
LIMIT :n;

-- name: audit_of_action_up
SELECT seq, at_ms, actor, action, subject, detail, hash FROM audit
WHERE action = :action AND actor NOT IN ('visitor', 'api') AND seq < :below AND seq > :above
ORDER BY seq
LIMIT :n;

-- name: audit_of_all_up
SELECT seq, at_ms, actor, action, subject, detail, hash FROM audit
WHERE seq < :below AND seq > :above
    AND (:actor = '' OR actor = :actor) AND (:action = '' OR action = :action)
ORDER BY seq
LIMIT :n;

-- For finding the event at a time: numbers have no gap.
-- name: audit_at
SELECT at_ms FROM audit WHERE seq = :seq;

-- A loose scan of the index: one step for each action.
-- name: audit_actions
WITH RECURSIVE next (action) AS (
    SELECT min(action) FROM audit WHERE actor NOT IN ('visitor', 'api')
    UNION ALL
    SELECT (SELECT min(action) FROM audit
            WHERE actor NOT IN ('visitor', 'api') AND action > next.action)
    FROM next WHERE next.action IS NOT NULL)
SELECT action FROM next WHERE action IS NOT NULL LIMIT 100;
