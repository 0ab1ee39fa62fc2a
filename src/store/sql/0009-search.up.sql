-- SPDX-License-Identifier: Apache-2.0
--
-- The search index: for each submission, under its id, the words of its answers and of the team's
-- notes, and its facets (core/search_text.h says what those are). It holds no texts of its own
-- (content ''): what is taken out must be given as it was put in. An entry that is taken out is
-- gone from the file at once (secure-delete), for a person may have asked for that.
--
-- Written beside the groups (store/search_index.h). meta has how far it came: 'searched' is the
-- last submission that is in it, 'searched_notes' the last event whose note is, 'search_text' the
-- SEARCH_TEXT_VERSION it was made with.

CREATE VIRTUAL TABLE search USING fts5(words, facets, content = '', columnsize = 0,
    tokenize = 'ascii');

INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

-- Its words in alphabetical order: what a prefix stands for.
CREATE VIRTUAL TABLE search_word USING fts5vocab(search, instance);

-- How many submissions of those that are in the index have which status and owner.
CREATE TABLE tally (
    status TEXT NOT NULL,
    owner  INTEGER NOT NULL,
    n      INTEGER NOT NULL CHECK (n >= 0),
    PRIMARY KEY (status, owner)
) STRICT, WITHOUT ROWID;

-- The same submissions by the folded name of the company.
CREATE TABLE company_order (
    name TEXT NOT NULL,
    id   INTEGER NOT NULL,
    PRIMARY KEY (name, id)
) STRICT, WITHOUT ROWID;

-- What changes while a submission is worked, in the transaction that changes it. U+E000 begins a
-- facet, U+E001 and U+E002 stand for "_" and "-" in it.
CREATE TRIGGER submission_is_worked AFTER UPDATE OF status, owner ON submission
WHEN (old.status <> new.status OR old.owner <> new.owner)
    AND old.id <= (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'searched')
BEGIN
    INSERT INTO search (search, rowid, words, facets)
    VALUES ('delete', old.id, '',
        char(0xE000) || 's'
        || replace(replace(old.status, '_', char(0xE001)), '-', char(0xE002))
        || ' ' || char(0xE000) || 'o' || old.owner);
    INSERT INTO search (rowid, words, facets)
    VALUES (new.id, '',
        char(0xE000) || 's'
        || replace(replace(new.status, '_', char(0xE001)), '-', char(0xE002))
        || ' ' || char(0xE000) || 'o' || new.owner);
    UPDATE tally SET n = n - 1 WHERE status = old.status AND owner = old.owner;
    INSERT INTO tally (status, owner, n) VALUES (new.status, new.owner, 1)
    ON CONFLICT (status, owner) DO UPDATE SET n = n + 1;
END;

-- The numbers of the newest events are given again when those are deleted: what comes then is new.
CREATE TRIGGER event_is_deleted AFTER DELETE ON event
BEGIN
    UPDATE meta
    SET value = CAST(min(CAST(value AS INTEGER), (SELECT coalesce(max(id), 0) FROM event)) AS TEXT)
    WHERE key = 'searched_notes';
END;
