/* SPDX-License-Identifier: Apache-2.0 */
#include "store/seed.h"

#include "base/clock.h"
#include "base/random.h"
#include "core/specimen.h"
#include "store/group.h"
#include "store/search_index.h"
#include "store/store_inner.h"

#include <inttypes.h>

enum { BATCH = 10000, YEARS = 3, PEOPLE = 12, FIRST = 1 };

static const char op[] = "fill the database";

struct seeding {
    struct connection *c;
    struct group group; /* its audit chain */
    struct specimens specimens;
    const struct seed_options *options;
    int64_t begin_ms, span_ms;
};

static int run(sqlite3_stmt *s)
{
    int rc = s ? sqlite3_step(s) : SQLITE_ERROR;
    sqlite3_reset(s);
    return rc;
}

/* In the order of the numbers, a little apart, and never two at the same time. */
static int64_t created_ms(const struct seeding *d, uint64_t n)
{
    return d->begin_ms + (int64_t)((double)d->span_ms * (double)n / (double)d->options->records);
}

/* Some within the hour, most within a day, a few much later. */
static int64_t answered_ms(uint64_t n)
{
    static const int minutes[] = {20, 45, 90, 150, 200, 500, 700, 1300, 2500, 4000, 9000, 15000};
    return minutes[n % (sizeof minutes / sizeof *minutes)] * INT64_C(60000);
}

static int put_event(struct seeding *d, int64_t submission, int64_t at_ms, int64_t person,
                     struct str kind, struct str becomes, struct str text)
{
    char author[32];
    sqlite3_stmt *s = connection_query(d->c, SQL_SEED_EVENT);
    if (!s)
        return SQLITE_ERROR;
    int n = snprintf(author, sizeof author, "person/%" PRId64, person ? person : FIRST);
    sqlite3_bind_int64(s, P_SEED_EVENT_SUBMISSION, submission);
    sqlite3_bind_int64(s, P_SEED_EVENT_AT_MS, at_ms);
    bind_text(s, P_SEED_EVENT_AUTHOR, str_of(author, (size_t)n));
    bind_text(s, P_SEED_EVENT_KIND, kind);
    bind_text(s, P_SEED_EVENT_BECOMES, becomes);
    bind_text(s, P_SEED_EVENT_TEXT, text);
    return run(s);
}

static int put_events(struct seeding *d, int64_t id, const struct specimen *x, int64_t at_ms)
{
    enum { LATER_MS = 3600 * 1000 };
    int rc = SQLITE_DONE;
    if (!str_eq(x->status, STR("new")))
        rc = put_event(d, id, at_ms + LATER_MS, x->owner, STR("status"), x->status, STR_EMPTY);
    for (size_t i = 0; rc == SQLITE_DONE && i < x->notes_n; i++)
        rc = put_event(d, id, at_ms + ((int64_t)i + 2) * LATER_MS, x->owner, STR("note"), STR_EMPTY,
                       x->notes[i]);
    return rc;
}

static int put_submission(struct seeding *d, const struct specimen *x, int64_t at_ms, uint64_t n)
{
    /* The Client IDs of a seed are all different: an odd factor only mixes the numbers. */
    struct client_id id = client_id_make(n * UINT64_C(0x9e3779b97f4a7c15) + d->options->seed);
    sqlite3_stmt *s = connection_query(d->c, SQL_SEED_SUBMISSION);
    if (!s)
        return SQLITE_ERROR;
    bool is_new = str_eq(x->status, STR("new"));
    bind_text(s, P_SEED_SUBMISSION_CLIENT_ID, client_id_str(&id));
    sqlite3_bind_int64(s, P_SEED_SUBMISSION_CREATED_MS, at_ms);
    bind_text(s, P_SEED_SUBMISSION_LOCALE, x->locale);
    bind_text(s, P_SEED_SUBMISSION_STATUS, x->status);
    sqlite3_bind_int64(s, P_SEED_SUBMISSION_OWNER, x->owner);
    sqlite3_bind_int64(s, P_SEED_SUBMISSION_CONTACTED_MS, is_new ? 0 : at_ms + answered_ms(n));
    sqlite3_bind_int64(s, P_SEED_SUBMISSION_AUDIT, (int64_t)d->group.head.audit.seq + 1);
    for (int f = 0; f < (int)FIELD_COUNT; f++)
        bind_text(s, P_SEED_SUBMISSION_COMPANY_NAME + f, x->form.value[f]);
    int rc = run(s);
    d->group.now_ms = at_ms;
    if (rc == SQLITE_DONE)
        rc = group_audit(&d->group, STR("visitor"), STR("submission.created"), client_id_str(&id),
                         STR("{}"));
    return rc;
}

static int put_batch(struct seeding *d, uint64_t from, uint64_t to)
{
    int rc = run(connection_query(d->c, SQL_BEGIN));
    for (uint64_t n = from; rc == SQLITE_DONE && n < to; n++) {
        struct arena a = ARENA_INIT;
        struct specimen x;
        int64_t at_ms = created_ms(d, n);
        specimen_make(&d->specimens, &a, n, (double)n / (double)d->options->records, &x);
        rc = put_submission(d, &x, at_ms, n);
        if (rc == SQLITE_DONE)
            rc = put_events(d, sqlite3_last_insert_rowid(d->c->db), &x, at_ms);
        arena_release(&a);
    }
    return rc == SQLITE_DONE ? run(connection_query(d->c, SQL_COMMIT)) : rc;
}

static int put_people(struct seeding *d)
{
    static const char *const people[PEOPLE][2] = {
        {"ada", "Ada Lovelace"},      {"alan", "Alan Turing"},    {"grace", "Grace Hopper"},
        {"katherine", "K. Johnson"},  {"barbara", "B. Liskov"},   {"edsger", "E. Dijkstra"},
        {"hedy", "Hedy Lamarr"},      {"donald", "Donald Knuth"}, {"frances", "Frances Allen"},
        {"dennis", "Dennis Ritchie"}, {"radia", "Radia Perlman"}, {"niklaus", "Niklaus Wirth"},
    };
    int rc = SQLITE_DONE;
    for (size_t i = 0; rc == SQLITE_DONE && i < PEOPLE; i++) {
        sqlite3_stmt *s = connection_query(d->c, SQL_SEED_PERSON);
        if (!s)
            return SQLITE_ERROR;
        bind_text(s, P_SEED_PERSON_LOGIN, str_from(people[i][0]));
        bind_text(s, P_SEED_PERSON_NAME, str_from(people[i][1]));
        sqlite3_bind_int64(s, P_SEED_PERSON_NOW_MS, d->begin_ms);
        rc = run(s);
    }
    return rc;
}

/* All of it, one batch after the other; the index follows each. */
static enum err put_all(struct seeding *d, struct why *why)
{
    const struct seed_options *o = d->options;
    int64_t submissions = 0;
    enum err e = connection_number(d->c, "SELECT count(*) FROM submission", &submissions, op, why);
    if (!e && submissions) {
        e = err_set(why, ERR_CONFLICT, op, "%s has submissions already", d->c->path);
        err_hint(why, "Name a directory that is empty, or not there yet.");
    }
    if (!e && put_people(d) != SQLITE_DONE)
        e = connection_error(d->c, op, why);
    for (uint64_t n = 0; !e && n < o->records; n += BATCH) {
        uint64_t to = o->records - n < BATCH ? o->records : n + BATCH;
        bool more = true;
        if (put_batch(d, n, to) != SQLITE_DONE)
            e = connection_error(d->c, op, why);
        while (!e && more)
            e = search_index(d->c, BATCH, INT64_MAX / 2, &more, why);
        if (!e && o->tell)
            o->tell(o->context, to);
    }
    return e;
}

/* Quick while it is made, and durable at its end. 64 MiB of words at a time make an index of few
 * parts, as one has that grew for long. */
static const char quick[] = "PRAGMA synchronous = OFF; PRAGMA cache_size = -131072;"
                            "PRAGMA wal_autocheckpoint = 20000;"
                            "INSERT INTO search (search, rank) VALUES ('hashsize', 67108864);";
static const char usual[] =
    "INSERT INTO search (search, rank) VALUES ('hashsize', 1048576);"
    "INSERT INTO meta (key, value) SELECT 'compared', max(id) "
    "FROM submission WHERE true ON CONFLICT (key) DO UPDATE SET value = excluded.value;"
    "PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = FULL;"
    "PRAGMA wal_checkpoint(TRUNCATE);";

enum err seed_fill(const char *directory, const struct seed_options *options, struct why *why)
{
    struct store *store;
    struct arena a = ARENA_INIT;
    enum err e = store_open(directory, &store, why);
    if (e)
        return e;
    struct seeding d = {.c = &store->first, .options = options};
    d.span_ms = INT64_C(1000) * 86400 * 365 * YEARS;
    d.begin_ms = clock_wall_ms() - d.span_ms;
    specimens_init(&d.specimens, &a, options->seed);
    e = group_init(&d.group, d.c, random_bytes, why);
    if (!e)
        e = connection_run(d.c, quick, op, why);
    if (!e)
        e = put_all(&d, why);
    if (!e)
        e = connection_run(d.c, usual, op, why);
    group_release(&d.group);
    store_close(store);
    arena_release(&a);
    return e;
}
