-- SPDX-License-Identifier: Apache-2.0
--
-- The first schema. Times are milliseconds since 1970-01-01T00:00:00Z. Texts are UTF-8; '' means
-- "not given". Every table is STRICT. There are as few indexes as the promises need, because each
-- one costs a page per submission: a queue's or a search's index comes with the issue that reads it.
-- No foreign keys between these tables: an erased submission must not take its audit events, its
-- outbox message or the answer to a repeated request with it.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a client who sent the form. The columns from company_name on are the fields of
-- core/fields.def under the same names (the build compares them).
CREATE TABLE submission (
    id              INTEGER PRIMARY KEY,
    client_id       TEXT NOT NULL UNIQUE CHECK (length(client_id) = 14),
    created_ms      INTEGER NOT NULL CHECK (created_ms > 0),
    status          TEXT NOT NULL DEFAULT 'new' CHECK (status <> ''),
    source          TEXT NOT NULL CHECK (source IN ('form', 'api')),
    locale          TEXT NOT NULL,
    consent_version TEXT NOT NULL,
    consent_ms      INTEGER NOT NULL,
    company_name    TEXT NOT NULL CHECK (company_name <> ''),
    address         TEXT NOT NULL,
    industry        TEXT NOT NULL,
    industry_other  TEXT NOT NULL DEFAULT '',
    contact_name    TEXT NOT NULL,
    email           TEXT NOT NULL CHECK (email <> ''),
    phone           TEXT NOT NULL,
    company_size    INTEGER NOT NULL CHECK (company_size > 0),
    service_type    TEXT NOT NULL,
    project_scope   TEXT NOT NULL,
    timeline        TEXT NOT NULL,
    budget_range    TEXT NOT NULL,
    notes           TEXT NOT NULL DEFAULT '',
    consent         TEXT NOT NULL CHECK (consent = 'yes')
) STRICT;

-- What a repeated request is answered with. key and fingerprint are SHA-256 (writer.h).
CREATE TABLE idempotency (
    key         BLOB PRIMARY KEY CHECK (length(key) = 32),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    client_id   TEXT NOT NULL,
    created_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The hash chain of core/audit.h: only ever appended to.
CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY CHECK (seq > 0),
    at_ms   INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL,
    hash    BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit events are never changed');
END;

CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit events are never deleted');
END;

-- News to deliver. The payload names the submission and holds nothing a person typed.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    created_ms INTEGER NOT NULL,
    topic      TEXT NOT NULL,
    client_id  TEXT NOT NULL,
    payload    TEXT NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    next_ms    INTEGER NOT NULL,
    state      TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead'))
) STRICT;

-- A form not sent yet, sealed with a key that only the visitor's browser holds. A rowid table: the
-- sealed content is large, so the key gets a small index of its own.
CREATE TABLE draft (
    id         BLOB PRIMARY KEY CHECK (length(id) = 16),
    revision   INTEGER NOT NULL CHECK (revision > 0),
    step       INTEGER NOT NULL,
    sealed     BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    client_id  TEXT,
    sent_ms    INTEGER,
    CHECK ((client_id IS NULL) = (sent_ms IS NULL)),
    CHECK (sent_ms IS NULL OR length(sealed) = 0)
) STRICT;

CREATE INDEX draft_by_expiry ON draft (expires_ms);
