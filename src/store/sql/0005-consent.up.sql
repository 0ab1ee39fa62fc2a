-- SPDX-License-Identifier: Apache-2.0
--
-- The words that were agreed to: a submission's consent_version and locale name a row here. Once a
-- submission refers to it, a row is not changed (store/consent.h).

CREATE TABLE consent_text (
    version       TEXT NOT NULL,
    language      TEXT NOT NULL,
    text          TEXT NOT NULL CHECK (text <> ''),
    sha256        BLOB NOT NULL CHECK (length(sha256) = 32),
    first_used_ms INTEGER NOT NULL,
    PRIMARY KEY (version, language)
) STRICT, WITHOUT ROWID;
