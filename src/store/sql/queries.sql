-- SPDX-License-Identifier: Apache-2.0
--
-- Every statement the program runs, by name. `-- name: draft_find` becomes SQL_DRAFT_FIND; its
-- parameter :id becomes P_DRAFT_FIND_ID and its column revision C_DRAFT_FIND_REVISION (the numbers
-- sqlite3_bind_* and sqlite3_column_* want). sqlcheck prepares each against the schema while
-- building.

-- name: begin
BEGIN IMMEDIATE;

-- name: commit
COMMIT;

-- name: rollback
ROLLBACK;

-- name: savepoint
SAVEPOINT job;

-- name: savepoint_release
RELEASE job;

-- name: savepoint_undo
ROLLBACK TO job;

-- name: submission_insert
INSERT INTO submission (
    id, client_id, created_ms, source, locale, consent_version, consent_ms,
    company_name, address, industry, industry_other, contact_name, email, phone, company_size,
    service_type, project_scope, timeline, budget_range, notes, consent,
    extra, company_hash, email_hash, audit)
VALUES (
    :id, :client_id, :created_ms, :source, :locale, :consent_version, :consent_ms,
    :company_name, :address, :industry, :industry_other, :contact_name, :email, :phone,
    :company_size, :service_type, :project_scope, :timeline, :budget_range, :notes, :consent,
    :extra, :company_hash, :email_hash, :audit);

-- Submissions that were not compared with earlier ones yet, oldest first.
-- name: duplicate_batch
SELECT id, client_id, created_ms, company_hash, email_hash FROM submission
WHERE id > coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'compared'), 0)
ORDER BY id
LIMIT :n;

-- name: duplicate_mark
UPDATE submission SET duplicate_of = :duplicate_of WHERE id = :id;

-- name: likeness_find
SELECT client_id FROM likeness
WHERE hash IN (:company, :email) AND created_ms >= :since_ms
ORDER BY created_ms DESC
LIMIT 1;

-- name: likeness_put
INSERT INTO likeness (hash, client_id, created_ms) VALUES (:hash, :client_id, :created_ms)
ON CONFLICT (hash) DO UPDATE SET client_id = excluded.client_id, created_ms = excluded.created_ms;

-- Newest first, a page at a time.
-- name: submission_page
SELECT id, client_id, created_ms, status, duplicate_of,
    company_name, address, industry, industry_other, contact_name, email, phone, company_size,
    service_type, project_scope, timeline, budget_range, notes, consent,
    extra
FROM submission
WHERE id < :below
ORDER BY id DESC
LIMIT :page;

-- name: submission_state
SELECT id, created_ms, status FROM submission WHERE client_id = :client_id;

-- The highest row number ever used: of what was erased it stands in meta.
-- name: submission_newest
SELECT max(coalesce((SELECT max(id) FROM submission), 0),
    coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'erased_through'), 0)) AS id;

-- name: submission_count
SELECT count(*) AS n FROM submission;

-- name: idempotency_insert
INSERT INTO idempotency (key, fingerprint, client_id, created_ms)
VALUES (:key, :fingerprint, :client_id, :created_ms)
ON CONFLICT (key) DO NOTHING;

-- name: idempotency_find
SELECT fingerprint, client_id, created_ms FROM idempotency WHERE key = :key;

-- name: audit_insert
INSERT INTO audit (seq, at_ms, actor, action, subject, detail, hash)
VALUES (:seq, :at_ms, :actor, :action, :subject, :detail, :hash);

-- The newest events, newest first.
-- name: audit_tail
SELECT seq, at_ms, actor, action, subject, detail, hash FROM audit ORDER BY seq DESC LIMIT :n;

-- name: audit_hash
SELECT hash FROM audit WHERE seq = :seq;

-- The chain in order, a page at a time.
-- name: audit_page
SELECT seq, at_ms, actor, action, subject, detail, hash
FROM audit
WHERE seq > :after
ORDER BY seq
LIMIT :page;

-- name: outbox_insert
INSERT INTO outbox (created_ms, topic, client_id, payload, next_ms)
VALUES (:created_ms, :topic, :client_id, :payload, :created_ms);

-- name: draft_insert
INSERT INTO draft (id, revision, step, sealed, created_ms, updated_ms, expires_ms)
VALUES (:id, 1, :step, :sealed, :now_ms, :now_ms, :expires_ms)
ON CONFLICT (id) DO NOTHING;

-- name: draft_update
UPDATE draft
SET revision = revision + 1, step = step | :step, sealed = :sealed, updated_ms = :now_ms,
    expires_ms = :expires_ms
WHERE id = :id AND revision = :revision AND sent_ms IS NULL;

-- name: draft_send
UPDATE draft
SET revision = revision + 1, sealed = x'', updated_ms = :now_ms, client_id = :client_id,
    sent_ms = :now_ms
WHERE id = :id AND sent_ms IS NULL;

-- name: draft_find
SELECT revision, step, sealed, expires_ms, client_id, sent_ms FROM draft WHERE id = :id;

-- A few expired drafts at a time, so that the writer is never away for long.
-- name: draft_purge
DELETE FROM draft
WHERE rowid IN (
    SELECT rowid FROM draft WHERE expires_ms <= :now_ms ORDER BY expires_ms, rowid LIMIT :n);

-- The same drafts, before they go: where those that were not sent stopped. step has a bit for each
-- finished step.
-- name: funnel_stopped
INSERT INTO funnel (day, kind, step, field, code, n)
SELECT updated_ms / 86400000, 'stopped',
    CASE step & 3 WHEN 3 THEN 'check' WHEN 1 THEN 'engagement' ELSE 'company' END, '', '', count(*)
FROM draft
WHERE rowid IN (
    SELECT rowid FROM draft WHERE expires_ms <= :now_ms ORDER BY expires_ms, rowid LIMIT :n)
    AND sent_ms IS NULL
GROUP BY 1, 3
ON CONFLICT (day, kind, step, field, code) DO UPDATE SET n = n + excluded.n;

-- name: funnel_add
INSERT INTO funnel (day, kind, step, field, code, n)
VALUES (:day, :kind, :step, :field, :code, :n)
ON CONFLICT (day, kind, step, field, code) DO UPDATE SET n = n + excluded.n;

-- name: funnel_since
SELECT day, kind, step, field, code, n FROM funnel
WHERE day >= :day
ORDER BY day, kind, step, field, code;

-- A write that changes nothing of value: does the disk take it again?
-- name: meta_put
INSERT INTO meta (key, value) VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: consent_find
SELECT text FROM consent_text WHERE version = :version AND language = :language;

-- name: consent_used
SELECT 1 AS used FROM submission WHERE consent_version = :version AND locale = :language LIMIT 1;

-- name: consent_put
INSERT INTO consent_text (version, language, text, sha256, first_used_ms)
VALUES (:version, :language, :text, :sha256, :now_ms)
ON CONFLICT (version, language) DO UPDATE SET text = excluded.text, sha256 = excluded.sha256,
    first_used_ms = excluded.first_used_ms;

-- name: safe_put
INSERT INTO safe_mark (submission, at_ms) VALUES (:submission, :at_ms)
ON CONFLICT (submission) DO NOTHING;

-- name: safe_forget
DELETE FROM safe_mark;

-- name: safe_find
SELECT at_ms FROM safe_mark WHERE submission >= :submission ORDER BY submission LIMIT 1;

-- Before anything of a submission is erased: its row number is not used again.
-- name: erase_keep_number
INSERT INTO meta (key, value)
SELECT 'erased_through', CAST(max(id) AS TEXT) FROM submission WHERE true HAVING max(id) IS NOT NULL
ON CONFLICT (key) DO UPDATE
SET value = CAST(max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER)) AS TEXT);

-- name: erase_likeness
DELETE FROM likeness
WHERE client_id = :client_id AND hash IN (
    SELECT company_hash FROM submission WHERE client_id = :client_id
    UNION SELECT email_hash FROM submission WHERE client_id = :client_id);

-- name: erase_events
DELETE FROM event WHERE submission = (SELECT id FROM submission WHERE client_id = :client_id);

-- name: erase_idempotency
DELETE FROM idempotency WHERE client_id = :client_id;

-- name: erase_draft
DELETE FROM draft WHERE client_id = :client_id;

-- name: erase_outbox
DELETE FROM outbox WHERE client_id = :client_id;

-- name: erase_submission
DELETE FROM submission WHERE client_id = :client_id;

-- name: erasure_insert
INSERT INTO erasure (number, at_ms, client_id, before)
VALUES (:number, :at_ms, :client_id, :before);

-- name: erasure_newest
SELECT coalesce(max(number), 0) AS number FROM erasure;

-- Is there a ledger at all? A database from before it has none.
-- name: erasure_table
SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table' AND name = 'erasure';

-- name: erasure_page
SELECT number, at_ms, client_id, before FROM erasure
WHERE number > :after
ORDER BY number
LIMIT :page;

-- name: ping
SELECT value FROM meta WHERE key = 'created';

-- The file as it is, for a copy of it (image.h).
-- name: image_pages
SELECT pgno, data FROM sqlite_dbpage;

-- What a restored database is counted by (examine.h).
-- name: tables
SELECT name FROM pragma_table_list
WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY name;

-- A submission as the team works it.
-- name: record_find
SELECT id, created_ms, status, duplicate_of, owner, revision, changed_ms, contacted_ms, source,
    locale, consent_version, audit, extra,
    company_name, address, industry, industry_other, contact_name, email, phone, company_size,
    service_type, project_scope, timeline, budget_range, notes, consent
FROM submission
WHERE client_id = :client_id;

-- name: record_by_row
SELECT id, created_ms, status, duplicate_of, owner, revision, changed_ms, contacted_ms, source,
    locale, consent_version, audit, extra,
    company_name, address, industry, industry_other, contact_name, email, phone, company_size,
    service_type, project_scope, timeline, budget_range, notes, consent,
    client_id
FROM submission
WHERE id = :id;

-- name: record_state
SELECT id, status, owner, revision FROM submission WHERE client_id = :client_id;

-- name: record_set_status
UPDATE submission
SET status = :status, revision = revision + 1, changed_ms = :now_ms,
    contacted_ms = CASE WHEN contacted_ms = 0 AND :status <> 'new' AND :status <> 'spam'
        THEN :now_ms ELSE contacted_ms END
WHERE id = :id;

-- name: record_set_owner
UPDATE submission SET owner = :owner, revision = revision + 1, changed_ms = :now_ms WHERE id = :id;

-- name: person_active
SELECT role FROM person WHERE id = :id AND state = 'active';

-- name: event_insert
INSERT INTO event (submission, at_ms, author, kind, was, becomes, text)
VALUES (:submission, :now_ms, :author, :kind, :was, :becomes, :text);

-- name: event_page
SELECT id, at_ms, author, kind, was, becomes, text FROM event
WHERE submission = :submission AND id < :below
ORDER BY id DESC
LIMIT :n;

-- name: saved_view_list
SELECT id, person, name, query FROM saved_view
WHERE person IN (0, :person)
ORDER BY person <> 0, name, id
LIMIT :n;

-- name: saved_view_others
SELECT count(*) AS n FROM saved_view WHERE person = :person AND name <> :name;

-- name: saved_view_owner
SELECT person FROM saved_view WHERE id = :id;

-- name: saved_view_insert
INSERT INTO saved_view (person, name, query) VALUES (:person, :name, :query);

-- name: saved_view_delete
DELETE FROM saved_view WHERE id = :id;

-- name: saved_view_delete_name
DELETE FROM saved_view WHERE person = :person AND name = :name;

