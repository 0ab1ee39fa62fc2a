-- SPDX-License-Identifier: Apache-2.0
--
-- A hint for staff: the Client ID of the newest earlier submission, within the configured days, of
-- the same company or the same email address; '' when there is none, or nobody has looked yet. The
-- hashes are what is compared (core/likeness.h); what was stored before this has none.

ALTER TABLE submission ADD COLUMN company_hash INTEGER;
ALTER TABLE submission ADD COLUMN email_hash INTEGER;
ALTER TABLE submission ADD COLUMN duplicate_of TEXT NOT NULL DEFAULT '';

-- By whom each company and address was last used. Written beside the groups (store/duplicates.h):
-- an index of random numbers would cost each submission two pages.
CREATE TABLE likeness (
    hash       INTEGER PRIMARY KEY,
    client_id  TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;
