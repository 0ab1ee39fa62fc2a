-- SPDX-License-Identifier: Apache-2.0
--
-- The service team: who they are, how they sign in, and how they work a submission. Secrets are
-- never here in the clear: of a session, a link, a token and a recovery code the SHA-256, of a
-- password what argon2id makes of it, a TOTP secret sealed with keys/staff.key.

-- A person is disabled, never deleted: what was done keeps its author.
CREATE TABLE person (
    id           INTEGER PRIMARY KEY,
    login        TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (login <> ''),
    name         TEXT NOT NULL CHECK (name <> ''),
    email        TEXT NOT NULL DEFAULT '',
    role         TEXT NOT NULL CHECK (role IN ('viewer', 'agent', 'privacy', 'auditor', 'administrator')),
    state        TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('invited', 'active', 'disabled')),
    password     TEXT NOT NULL DEFAULT '',   -- a PHC string; '': signs in elsewhere, or not yet
    totp         BLOB NOT NULL DEFAULT x'',  -- the sealed secret; x'': none
    totp_step    INTEGER NOT NULL DEFAULT 0, -- the last time step that was used: none counts twice
    created_ms   INTEGER NOT NULL,
    changed_ms   INTEGER NOT NULL,
    signed_in_ms INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Accounts elsewhere: the issuer's name for a person.
CREATE TABLE identity (
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    person     INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    token      BLOB PRIMARY KEY CHECK (length(token) = 32),
    person     INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    seen_ms    INTEGER NOT NULL, -- to the minute
    expires_ms INTEGER NOT NULL, -- whatever happens
    method     TEXT NOT NULL,    -- 'password', 'link', or the issuer's name
    strong     INTEGER NOT NULL CHECK (strong IN (0, 1)), -- more than a password was shown
    client     TEXT NOT NULL     -- "Firefox on Windows", for the list of one's own sessions
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_person ON session (person);

-- Links that let somebody set a password, once.
CREATE TABLE invitation (
    token      BLOB PRIMARY KEY CHECK (length(token) = 32),
    kind       TEXT NOT NULL CHECK (kind IN ('first', 'invite', 'reset')),
    person     INTEGER NOT NULL, -- 0 for 'first': the person is made with it
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE recovery_code (
    person INTEGER NOT NULL,
    code   BLOB NOT NULL CHECK (length(code) = 32),
    PRIMARY KEY (person, code)
) STRICT, WITHOUT ROWID;

-- Programs that call the API.
CREATE TABLE token (
    id         INTEGER PRIMARY KEY,
    token      BLOB NOT NULL UNIQUE CHECK (length(token) = 32),
    name       TEXT NOT NULL CHECK (name <> ''),
    role       TEXT NOT NULL CHECK (role IN ('viewer', 'agent', 'privacy', 'auditor', 'administrator')),
    created_by INTEGER NOT NULL, -- a person; 0: the command line
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL, -- 0: never
    used_ms    INTEGER NOT NULL DEFAULT 0, -- to the hour
    revoked_ms INTEGER NOT NULL DEFAULT 0
) STRICT;

-- How a submission is worked. owner is a person, 0 nobody; revision counts its changes, so that two
-- people who change it at once are told.
ALTER TABLE submission ADD COLUMN owner INTEGER NOT NULL DEFAULT 0;
ALTER TABLE submission ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE submission ADD COLUMN changed_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE submission ADD COLUMN contacted_ms INTEGER NOT NULL DEFAULT 0; -- left 'new' first

-- Both grow at their end when a submission comes: one warm page each.
CREATE INDEX submission_by_status ON submission (status, id);
CREATE INDEX submission_by_owner ON submission (owner, id) WHERE owner <> 0;

-- What happened to a submission, as its page tells it. text is a note; was and becomes are a status
-- or a person's number.
CREATE TABLE event (
    id         INTEGER PRIMARY KEY,
    submission INTEGER NOT NULL,
    at_ms      INTEGER NOT NULL,
    author     TEXT NOT NULL, -- as in the audit: 'person/7', 'token/3'
    kind       TEXT NOT NULL CHECK (kind IN ('note', 'status', 'owner')),
    was        TEXT NOT NULL DEFAULT '',
    becomes    TEXT NOT NULL DEFAULT '',
    text       TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX event_by_submission ON event (submission, id);

-- Filters that somebody wants again; person 0: everybody's.
CREATE TABLE saved_view (
    id     INTEGER PRIMARY KEY,
    person INTEGER NOT NULL,
    name   TEXT NOT NULL CHECK (name <> ''),
    query  TEXT NOT NULL
) STRICT;

CREATE INDEX saved_view_by_person ON saved_view (person);

-- The audit's filters. What visitors send is left out: it is most of the rows, and its event is
-- found by the submission's own audit column.
CREATE INDEX audit_by_subject ON audit (subject, seq) WHERE actor NOT IN ('visitor', 'api');
CREATE INDEX audit_by_actor ON audit (actor, seq) WHERE actor NOT IN ('visitor', 'api');
CREATE INDEX audit_by_action ON audit (action, seq) WHERE actor NOT IN ('visitor', 'api');
ALTER TABLE submission ADD COLUMN audit INTEGER NOT NULL DEFAULT 0; -- its first event's seq
