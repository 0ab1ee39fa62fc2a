/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A submission as the team works it: its status, its owner, its notes, what happened to it.
 *
 * Each change of status or owner raises `revision`; who changes it says which revision they saw,
 * and is refused with ERR_CONFLICT when it is another one by now: two people at once are told, and
 * nothing is overwritten. Notes are only ever added, so they never collide.
 *
 * Reading verbs: point reads on a loop's own reader; ERR_MISSING when there is none. Changing
 * verbs: write.h; each writes an event (what the record's page tells) and an audit event.
 */
#ifndef STORE_RECORDS_H
#define STORE_RECORDS_H

#include "core/workflow.h"
#include "store/reader.h"
#include "store/write.h"

enum { NOTE_MOST = 8000 }; /* code points */

struct record {
    int64_t row; /* for events, and since when it is safe (safe.h) */
    struct submission_row submission;
    enum status status;
    int64_t owner; /* a person; 0: nobody */
    uint64_t revision;
    int64_t changed_ms, contacted_ms; /* 0: never */
    struct str source, locale, consent_version;
    uint64_t audit; /* its first event in the audit; 0: from before that was kept */
};

enum err reader_record(struct reader *reader, struct arena *a, const struct client_id *id,
                       struct record *out, struct why *why);

/* The same by the row number. */
enum err reader_record_row(struct reader *reader, struct arena *a, int64_t row, struct record *out,
                           struct why *why);

enum event_kind { EVENT_NOTE, EVENT_STATUS, EVENT_OWNER, EVENT_KINDS };

struct str event_kind_name(enum event_kind kind); /* "note" */

struct event {
    int64_t id;
    int64_t at_ms;
    struct str author; /* "person/7" */
    enum event_kind kind;
    struct str was, becomes; /* a status, or a person's number */
    struct str text;         /* of a note */
};

struct events {
    const struct event *items;
    size_t n;
    bool more; /* there are older ones that are not in here */
};

/* The newest at first, at most EVENTS_MOST, with a number below `below` (0: the newest). */
enum { EVENTS_MOST = 200 };
enum err reader_events(struct reader *reader, struct arena *a, int64_t row, int64_t below,
                       struct events *out, struct why *why);

/* ERR_CONFLICT: another revision. ERR_INPUT: not a status that may follow. */
struct record_status {
    struct actor actor;
    struct client_id id;
    uint64_t revision; /* that was seen */
    enum status becomes;
};
write_verb record_status;

/* ERR_CONFLICT: another revision. ERR_INPUT: nobody who is active and may work records. */
struct record_assign {
    struct actor actor;
    struct client_id id;
    uint64_t revision;
    int64_t owner;
};
write_verb record_assign;

/* Both at once, or neither; as the two above. The answer is the record, so it was read as well. */
struct record_change {
    struct actor actor;
    struct client_id id;
    uint64_t revision;
    bool has_status, has_owner;
    enum status status;
    int64_t owner;
};
write_verb record_change;

struct record_note {
    struct actor actor;
    struct client_id id;
    struct str text; /* checked: 1 to NOTE_MOST code points */
};
write_verb record_note;

/* Somebody looked at a record: the audit only. */
struct record_read {
    struct actor actor;
    struct client_id id;
};
write_verb record_read;

/* Somebody was given so many records at once, by a list of the API or an export. `how` is the
 * action: "records.listed"; detail may say more, as JSON without personal data. */
struct records_read {
    struct actor actor;
    struct str how;
    uint64_t n;
};
write_verb records_read;

#endif
