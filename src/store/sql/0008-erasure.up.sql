-- SPDX-License-Identifier: Apache-2.0
--
-- The ledger of erasures (core/erasure.h, store/erase.h), as it stands beside the replica too:
-- numbers have no gap, and before is the hash of the entry before.

CREATE TABLE erasure (
    number    INTEGER PRIMARY KEY CHECK (number > 0),
    at_ms     INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    before    BLOB NOT NULL CHECK (length(before) = 32)
) STRICT;
