-- SPDX-License-Identifier: Apache-2.0
--
-- Who is behind a request: people, their sessions, links and accounts elsewhere, tokens of programs.
-- The rules are those of queries.sql.

-- Who is behind a session.
-- name: session_find
SELECT s.token, s.person, p.login, p.name, p.role, p.state, s.created_ms, s.seen_ms, s.expires_ms,
    s.method, s.strong, s.client
FROM session s JOIN person p ON p.id = s.person
WHERE s.token = :token;

-- name: session_list
SELECT s.token, s.person, p.login, p.name, p.role, p.state, s.created_ms, s.seen_ms, s.expires_ms,
    s.method, s.strong, s.client
FROM session s JOIN person p ON p.id = s.person
WHERE s.person = :person AND s.expires_ms > :now_ms
ORDER BY s.created_ms DESC
LIMIT 100;

-- name: session_owner
SELECT person FROM session WHERE token = :token;

-- name: session_insert
INSERT INTO session (token, person, created_ms, seen_ms, expires_ms, method, strong, client)
VALUES (:token, :person, :now_ms, :now_ms, :expires_ms, :method, :strong, :client);

-- name: session_seen
UPDATE session SET seen_ms = :now_ms WHERE token = :token AND seen_ms < :now_ms;

-- name: session_delete
DELETE FROM session WHERE token = :token;

-- name: session_delete_all
DELETE FROM session WHERE person = :person AND token <> :kept;

-- There are as many as people sign in a day: a scan.
-- name: session_purge
DELETE FROM session WHERE expires_ms <= :now_ms;

-- name: person_signed_in
UPDATE person SET signed_in_ms = :now_ms WHERE id = :id AND state = 'active';

-- name: token_find
SELECT id, name, role, created_ms, expires_ms, used_ms, revoked_ms FROM token WHERE token = :token;

-- name: token_used
UPDATE token SET used_ms = :now_ms WHERE id = :id;

-- People, with what a sign-in is checked against.
-- name: person_find
SELECT id, login, name, email, role, state, password, totp, totp_step, created_ms, signed_in_ms,
    coalesce((SELECT max(expires_ms) FROM invitation i WHERE i.person = p.id), 0) AS link_until_ms,
    (SELECT count(*) FROM recovery_code c WHERE c.person = p.id) AS recovery_codes
FROM person p
WHERE id = :id;

-- name: person_called
SELECT id, login, name, email, role, state, password, totp, totp_step, created_ms, signed_in_ms,
    coalesce((SELECT max(expires_ms) FROM invitation i WHERE i.person = p.id), 0) AS link_until_ms,
    (SELECT count(*) FROM recovery_code c WHERE c.person = p.id) AS recovery_codes
FROM person p
WHERE login = :login;

-- name: person_list
SELECT id, login, name, email, role, state, password, totp, totp_step, created_ms, signed_in_ms,
    coalesce((SELECT max(expires_ms) FROM invitation i WHERE i.person = p.id), 0) AS link_until_ms,
    0 AS recovery_codes
FROM person p
ORDER BY login
LIMIT :n;

-- name: person_administrator
SELECT count(*) AS n FROM person p
WHERE role = 'administrator' AND state = 'active' AND id <> :beside
    AND (password <> '' OR EXISTS (SELECT 1 FROM identity i WHERE i.person = p.id));

-- name: person_insert
INSERT INTO person (login, name, email, role, state, password, created_ms, changed_ms)
VALUES (:login, :name, :email, :role, :state, :password, :now_ms, :now_ms);

-- name: person_change
UPDATE person SET name = :name, email = :email, role = :role, changed_ms = :now_ms WHERE id = :id;

-- Enabled again, somebody who never came in is invited still.
-- name: person_disable
UPDATE person
SET state = CASE
        WHEN :disabled THEN 'disabled'
        WHEN signed_in_ms = 0 AND password = '' THEN 'invited'
        ELSE 'active' END,
    changed_ms = :now_ms
WHERE id = :id;

-- name: person_password
UPDATE person SET password = :password, changed_ms = :now_ms WHERE id = :id;

-- name: person_password_renew
UPDATE person SET password = :password WHERE id = :id AND password = :before;

-- name: person_reset
UPDATE person
SET password = :password, totp = x'', totp_step = 0, state = 'active', changed_ms = :now_ms
WHERE id = :id AND state <> 'disabled';

-- name: person_totp
UPDATE person SET totp = :sealed, totp_step = :step, changed_ms = :now_ms WHERE id = :id;

-- name: person_totp_step
UPDATE person SET totp_step = :step WHERE id = :id AND totp_step < :step;

-- name: recovery_insert
INSERT INTO recovery_code (person, code) VALUES (:person, :code);

-- name: recovery_use
DELETE FROM recovery_code WHERE person = :person AND code = :code;

-- name: recovery_delete
DELETE FROM recovery_code WHERE person = :person;

-- name: invitation_find
SELECT kind, person, expires_ms FROM invitation WHERE token = :token;

-- name: invitation_insert
INSERT INTO invitation (token, kind, person, created_ms, expires_ms)
VALUES (:token, :kind, :person, :now_ms, :expires_ms);

-- A person has one link at most; so has nobody yet, the first administrator.
-- name: invitation_delete
DELETE FROM invitation WHERE person = :person;

-- name: identity_find
SELECT i.person, p.name, p.email, p.role, p.state
FROM identity i JOIN person p ON p.id = i.person
WHERE i.issuer = :issuer AND i.subject = :subject;

-- name: identity_insert
INSERT INTO identity (issuer, subject, person, created_ms)
VALUES (:issuer, :subject, :person, :now_ms);

-- What the issuer does not say stays; a row that stays the same is not written.
-- name: identity_refresh
UPDATE person
SET name = coalesce(nullif(:name, ''), name), email = coalesce(nullif(:email, ''), email),
    role = :role, changed_ms = :now_ms
WHERE id = :id AND (role <> :role OR (:name <> '' AND name <> :name)
                    OR (:email <> '' AND email <> :email));

-- Those that work first.
-- name: token_list
SELECT id, name, role, created_ms, expires_ms, used_ms, revoked_ms FROM token
ORDER BY revoked_ms <> 0 OR (expires_ms <> 0 AND expires_ms <= :now_ms), id DESC
LIMIT 500;

-- name: token_name
SELECT name FROM token WHERE id = :id;

-- name: token_insert
INSERT INTO token (token, name, role, created_by, created_ms, expires_ms)
VALUES (:token, :name, :role, :by, :now_ms, :expires_ms);

-- name: token_revoke
UPDATE token SET revoked_ms = :now_ms WHERE id = :id AND revoked_ms = 0;
