-- SPDX-License-Identifier: Apache-2.0
--
-- The statements of the search index and of the lists that it answers, and of what fills a database
-- for measuring. As in queries.sql.

-- name: meta_find
SELECT value FROM meta WHERE key = :key;

-- Submissions that are not in the search index yet, oldest first.
-- name: search_batch
SELECT id, client_id, status, owner, extra,
    company_name, address, industry, industry_other, contact_name, email, phone, company_size,
    service_type, project_scope, timeline, budget_range, notes, consent
FROM submission
WHERE id > :after
ORDER BY id
LIMIT :n;

-- name: search_subject
SELECT id, client_id, status, owner, extra,
    company_name, address, industry, industry_other, contact_name, email, phone, company_size,
    service_type, project_scope, timeline, budget_range, notes, consent
FROM submission
WHERE id = :id;

-- The notes that its entry in the index has.
-- name: search_notes
SELECT text FROM event
WHERE submission = :id AND id > :since AND id <= :upto AND kind = 'note'
ORDER BY id;

-- Events that the index has not looked at, oldest first.
-- name: search_events
SELECT id, submission, kind FROM event WHERE id > :after ORDER BY id LIMIT :n;

-- name: search_marks
SELECT (SELECT coalesce(max(id), 0) FROM submission) AS submission,
    (SELECT coalesce(max(id), 0) FROM event) AS event;

-- name: search_put
INSERT INTO search (rowid, words, facets) VALUES (:id, :words, :facets);

-- name: search_take
INSERT INTO search (search, rowid, words, facets) VALUES ('delete', :id, :words, :facets);

-- name: search_added_put
INSERT INTO search_added (id, since, upto) VALUES (:id, :since, :upto)
ON CONFLICT (id, upto) DO NOTHING;

-- name: search_added_newest
SELECT since, upto FROM search_added WHERE id = :id ORDER BY upto DESC LIMIT 1;

-- name: search_added_take
DELETE FROM search_added WHERE id = :id AND upto = :upto;

-- name: search_added_clear
DELETE FROM search_added;

-- What waits in memory becomes a part of the index: what comes next is behind it.
-- name: search_flush
INSERT INTO search (search) VALUES ('flush');

-- name: search_secure
INSERT INTO search (search, rank) VALUES ('secure-delete', :on);

-- name: search_clear
INSERT INTO search (search) VALUES ('delete-all');

-- name: tally_add
INSERT INTO tally (status, owner, n) VALUES (:status, :owner, 1)
ON CONFLICT (status, owner) DO UPDATE SET n = n + 1;

-- name: tally_subtract
UPDATE tally SET n = n - 1 WHERE status = :status AND owner = :owner;

-- name: tally_clear
DELETE FROM tally;

-- name: company_order_put
INSERT INTO company_order (name, id) VALUES (:name, :id);

-- name: company_order_take
DELETE FROM company_order WHERE name = :name AND id = :id;

-- name: company_order_clear
DELETE FROM company_order;

-- Around the statements of one page: it is of one moment, and the locks are taken once.
-- name: read_begin
BEGIN;

-- name: read_end
COMMIT;

-- Submissions in order, from a cursor: all, of one status, of one owner, by the index. As many as
-- are wanted are taken.
-- name: list_newest
SELECT id FROM submission WHERE id > :above AND id < :below ORDER BY id DESC;

-- name: list_oldest
SELECT id FROM submission WHERE id > :above AND id < :below ORDER BY id;

-- name: list_status_newest
SELECT id FROM submission
WHERE status = :value AND id > :above AND id < :below
ORDER BY id DESC;

-- name: list_status_oldest
SELECT id FROM submission
WHERE status = :value AND id > :above AND id < :below
ORDER BY id;

-- name: list_owner_newest
SELECT id FROM submission
WHERE owner = CAST(:value AS INTEGER) AND owner <> 0 AND id > :above AND id < :below
ORDER BY id DESC;

-- name: list_owner_oldest
SELECT id FROM submission
WHERE owner = CAST(:value AS INTEGER) AND owner <> 0 AND id > :above AND id < :below
ORDER BY id;

-- name: search_newest
SELECT rowid AS id FROM search
WHERE search MATCH :value AND rowid > :above AND rowid < :below
ORDER BY rowid DESC;

-- name: search_oldest
SELECT rowid AS id FROM search
WHERE search MATCH :value AND rowid > :above AND rowid < :below
ORDER BY rowid;

-- The next word of the index at or behind one, as far as a prefix reaches.
-- name: search_word
SELECT term FROM search_word WHERE term >= :from AND term < :to LIMIT 1;

-- The companies in order, behind one and before one.
-- name: company_behind
SELECT id FROM company_order WHERE (name, id) > (:name, :id) ORDER BY name, id;

-- name: company_before
SELECT id FROM company_order WHERE (name, id) < (:name, :id) ORDER BY name DESC, id DESC;

-- The first submission with that number or a later one.
-- name: submission_from
SELECT id, created_ms FROM submission WHERE id >= :id ORDER BY id LIMIT 1;

-- The newest note that a search may have found something in, and those before it.
-- name: note_texts
SELECT text FROM event WHERE submission = :id AND kind = 'note' ORDER BY id DESC LIMIT 100;

-- name: tally_all
SELECT status, owner, sum(n) AS n
FROM (
    SELECT status, owner, n FROM tally
    UNION ALL
    SELECT status, owner, 1 FROM (
        SELECT status, owner FROM submission WHERE id > :searched ORDER BY id LIMIT 5000))
GROUP BY status, owner
HAVING sum(n) > 0
ORDER BY status, owner;

-- What fills a database for measuring (seed.h).
-- name: seed_submission
INSERT INTO submission (
    client_id, created_ms, status, source, locale, consent_version, consent_ms,
    company_name, address, industry, industry_other, contact_name, email, phone, company_size,
    service_type, project_scope, timeline, budget_range, notes, consent,
    owner, contacted_ms, audit)
VALUES (
    :client_id, :created_ms, :status, 'form', :locale, 'specimen', :created_ms,
    :company_name, :address, :industry, :industry_other, :contact_name, :email, :phone,
    :company_size, :service_type, :project_scope, :timeline, :budget_range, :notes, :consent,
    :owner, :contacted_ms, :audit);

-- name: seed_event
INSERT INTO event (submission, at_ms, author, kind, was, becomes, text)
VALUES (:submission, :at_ms, :author, :kind, CASE :kind WHEN 'status' THEN 'new' ELSE '' END,
    :becomes, :text);

-- name: seed_person
INSERT INTO person (login, name, role, created_ms, changed_ms)
VALUES (:login, :name, 'agent', :now_ms, :now_ms);
