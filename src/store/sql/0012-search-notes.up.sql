-- SPDX-License-Identifier: Apache-2.0
--
-- Notes are added to an entry of the search index, and nothing of it is taken out for that: among a
-- million submissions, finding each word's place costs as much as a hundred submissions. So entries
-- are taken out securely only where a person may have asked for it (search_index.h), and for that
-- it is kept which notes were added together: those of events above `since`, up to `upto`.

INSERT INTO search (search, rank) VALUES ('secure-delete', 0);

CREATE TABLE search_added (
    id    INTEGER NOT NULL, -- of the submission
    since INTEGER NOT NULL,
    upto  INTEGER NOT NULL,
    PRIMARY KEY (id, upto)
) STRICT, WITHOUT ROWID;
