-- SPDX-License-Identifier: Apache-2.0
--
-- Since when submissions are in the replica too (store/safe.h): every one up to that row number, and
-- above the row before, at the latest since at_ms.

CREATE TABLE safe_mark (
    submission INTEGER PRIMARY KEY,
    at_ms      INTEGER NOT NULL
) STRICT;
