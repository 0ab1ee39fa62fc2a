/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the team waits for: lists and searches by a worker's own reader, while submissions arrive.
 *
 *     staff DIRECTORY SQL_DIRECTORY [SECONDS [ARRIVALS_PER_SECOND]]
 *     common    1024 queries  mean 1.234  p50 1.101  p99 2.345  most 3.456  rows 50.0
 *
 * Each case asks with other words, numbers and places every time, drawn from what is in the
 * database. The same statements are written to SQL_DIRECTORY/<case>.sql, for SQLite's own shell.
 * A new case is a row in `cases` and a function that makes its next query.
 */
#include "bench/rows.h"

#include "base/log.h"
#include "base/must.h"
#include "core/search_text.h"
#include "core/specimen.h"
#include "core/workflow.h"
#include "store/search.h"
#include "store/store.h"

#include <pthread.h>
#include <stdatomic.h>

enum { LIMIT = 50, TIMES_MAX = 1 << 20, SQL_STATEMENTS = 100, OWNERS = 12 };

struct bench {
    struct reader *reader;
    struct specimens specimens;
    struct search_names names;
    uint64_t random;
    int64_t newest;
    const char *sql_directory;
};

static atomic_bool stop;

static unsigned draw(struct bench *b, unsigned below)
{
    b->random = b->random * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)((b->random >> 33) % below);
}

/* ---- cases ---------------------------------------------------------------------------------- */

static struct str queue(struct bench *b, struct arena *a)
{
    (void)b;
    (void)a;
    return STR_EMPTY;
}

static struct str by_status(struct bench *b, struct arena *a)
{
    struct str status = b->names.statuses[draw(b, STATUS_COUNT)].value;
    return arena_fmt(a, "status:%.*s", STR_ARG(status));
}

static struct str by_status_and_owner(struct bench *b, struct arena *a)
{
    unsigned status = draw(b, STATUS_COUNT);
    return arena_fmt(a, "status:%.*s owner:p%u", STR_ARG(b->names.statuses[status].value),
                     1 + draw(b, OWNERS));
}

static struct str common(struct bench *b, struct arena *a)
{
    struct str word = b->specimens.words[draw(b, 100)];
    return arena_fmt(a, "\"%.*s\"", STR_ARG(word));
}

static struct str several(struct bench *b, struct arena *a)
{
    unsigned x = draw(b, 40), y = 40 + draw(b, 100), z = 140 + draw(b, 60);
    return arena_fmt(a, "\"%.*s\" \"%.*s\" \"%.*s\"", STR_ARG(b->specimens.words[x]),
                     STR_ARG(b->specimens.words[y]), STR_ARG(b->specimens.words[z]));
}

static struct str phrase(struct bench *b, struct arena *a)
{
    unsigned x = draw(b, 40), y = draw(b, 40);
    return arena_fmt(a, "\"%.*s %.*s\"", STR_ARG(b->specimens.words[x]),
                     STR_ARG(b->specimens.words[y]));
}

static struct str rare(struct bench *b, struct arena *a)
{
    (void)a;
    return b->specimens.words[2000 + draw(b, 50000)];
}

static struct str prefix(struct bench *b, struct arena *a)
{
    struct str word;
    do
        word = b->specimens.words[draw(b, 2000)];
    while (word.len < 5 || (unsigned char)word.ptr[3] >= 0x80);
    return arena_fmt(a, "%.4s*", word.ptr);
}

static struct str common_and_status(struct bench *b, struct arena *a)
{
    struct str word = common(b, a), status = by_status(b, a);
    return arena_fmt(a, "%.*s %.*s", STR_ARG(word), STR_ARG(status));
}

static struct record some_record(struct bench *b, struct arena *a)
{
    struct record r;
    struct why why;
    must(reader_record_row(b->reader, a, 1 + draw(b, (unsigned)b->newest), &r, &why) == ERR_NONE);
    return r;
}

static struct str client_id(struct bench *b, struct arena *a)
{
    struct record r = some_record(b, a);
    return arena_str(a, client_id_str(&r.submission.client_id));
}

static struct str half_id(struct bench *b, struct arena *a)
{
    struct record r = some_record(b, a);
    return arena_str(a, str_slice(client_id_str(&r.submission.client_id), 3, 8));
}

static struct str phone(struct bench *b, struct arena *a)
{
    char digits[32];
    struct record r = some_record(b, a);
    size_t n = search_text_digits(r.submission.form.value[FIELD_PHONE_NUMBER], digits, 32);
    return arena_fmt(a, "%.6s", digits + n - 6);
}

static struct str email(struct bench *b, struct arena *a)
{
    return some_record(b, a).submission.form.value[FIELD_EMAIL_ADDRESS];
}

static const struct {
    const char *name;
    struct str (*typed)(struct bench *b, struct arena *a);
    enum search_sort sort;
} cases[] = {
    {"queue", queue, SEARCH_NEWEST},
    {"queue by company", queue, SEARCH_COMPANY},
    {"one status", by_status, SEARCH_NEWEST},
    {"status and owner", by_status_and_owner, SEARCH_NEWEST},
    {"a frequent word", common, SEARCH_NEWEST},
    {"frequent, and a status", common_and_status, SEARCH_NEWEST},
    {"three words", several, SEARCH_NEWEST},
    {"a phrase", phrase, SEARCH_NEWEST},
    {"a rare word", rare, SEARCH_NEWEST},
    {"four letters*", prefix, SEARCH_NEWEST},
    {"a Client ID", client_id, SEARCH_NEWEST},
    {"half a Client ID", half_id, SEARCH_NEWEST},
    {"six digits of a phone", phone, SEARCH_NEWEST},
    {"an email address", email, SEARCH_NEWEST},
};
enum { CASES = sizeof cases / sizeof *cases };

/* ---- the same in SQL ------------------------------------------------------------------------- */

static void quote(FILE *out, struct str s)
{
    fputc('\'', out);
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\'')
            fputc('\'', out);
        fputc(s.ptr[i], out);
    }
    fputc('\'', out);
}

/* Whole rows, as a page reads them. */
static void write_sql(FILE *out, const struct search_query *q)
{
    struct buf match;
    buf_init(&match, 1 << 16);
    fputs("SELECT s.* FROM ", out);
    if (q->sort == SEARCH_COMPANY) {
        fputs("company_order c JOIN submission s ON s.id = c.id ORDER BY c.name, c.id", out);
    } else if (q->terms_n == 1 && q->terms[0].kind == SEARCH_CLIENT_ID) {
        fputs("submission s WHERE s.client_id = ", out);
        quote(out, q->terms[0].text);
    } else if (q->filters_n == 1 && !q->terms_n) {
        fputs("submission s WHERE s.status = ", out);
        quote(out, q->filters[0].value);
        fputs(" ORDER BY s.id DESC", out);
    } else if (search_expression(q, NULL, &match)) {
        fputs("search f JOIN submission s ON s.id = f.rowid WHERE f.search MATCH ", out);
        quote(out, buf_view(&match));
        fputs(" ORDER BY f.rowid DESC", out);
    } else {
        fputs("submission s ORDER BY s.id DESC", out);
    }
    fprintf(out, " LIMIT %d;\n", LIMIT + 1);
    buf_release(&match);
}

static void write_case(struct bench *b, unsigned i)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.sql", b->sql_directory, cases[i].name);
    for (char *c = path + strlen(b->sql_directory); *c; c++)
        if (*c == ' ' || *c == '*' || *c == ',')
            *c = '_';
    FILE *out = fopen(path, "w");
    must(out != NULL);
    for (int n = 0; n < SQL_STATEMENTS; n++) {
        struct arena a = ARENA_INIT;
        struct search_query q;
        search_parse(&a, &b->names, cases[i].typed(b, &a), &q);
        q.sort = cases[i].sort;
        write_sql(out, &q);
        arena_release(&a);
    }
    must(fclose(out) == 0);
}

/* ---- measuring ------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void measure(struct bench *b, unsigned i, int64_t ms)
{
    static int64_t times[TIMES_MAX];
    size_t n = 0, broad = 0;
    uint64_t rows = 0, sum = 0;
    struct why why;
    int64_t end = clock_monotonic_ms() + ms;
    while (n < TIMES_MAX && clock_monotonic_ms() < end) {
        struct arena a = ARENA_INIT;
        struct search_query q;
        struct search_page page;
        struct str typed = cases[i].typed(b, &a);
        int64_t start = clock_monotonic_us();
        search_parse(&a, &b->names, typed, &q);
        q.sort = cases[i].sort;
        struct search_request r = {&q, STR_EMPTY, LIMIT, SEARCH_WITHIN_MS};
        must(search_page(b->reader, &a, &r, &page, &why) == ERR_NONE);
        times[n] = clock_monotonic_us() - start;
        sum += (uint64_t)times[n++];
        rows += page.n;
        broad += page.too_broad;
        arena_release(&a);
    }
    must(n > 0);
    qsort(times, n, sizeof *times, by_number);
    printf("%s\t%zu\t%.3f\t%.3f\t%.3f\t%.3f\t%.1f\t%zu\n", cases[i].name, n,
           (double)sum / (double)n / 1000, (double)times[n / 2] / 1000,
           (double)times[n * 99 / 100] / 1000, (double)times[n - 1] / 1000,
           (double)rows / (double)n, broad);
    fflush(stdout);
}

/* ---- arrivals -------------------------------------------------------------------------------- */

struct arrivals {
    struct writer *writer;
    unsigned per_second;
    struct job *jobs;
    atomic_uint out;
    uint64_t sent, refused;
};

static void answered(struct job *job)
{
    struct arrivals *s = job->owner;
    must(job->result == ERR_NONE);
    job->context = NULL; /* free again */
    atomic_fetch_sub(&s->out, 1);
}

/* By a timetable: a job a 1/n of a second, whether or not the one before is done. */
static void *arrive(void *context)
{
    enum { JOBS = 4096 };
    struct arrivals *s = context;
    s->jobs = calloc(JOBS, sizeof *s->jobs);
    must(s->jobs != NULL);
    int64_t start = clock_monotonic_us();
    for (uint64_t n = 0; !atomic_load(&stop); n++) {
        int64_t due = start + (int64_t)(n * 1000000 / s->per_second), now = clock_monotonic_us();
        if (due > now)
            nanosleep(&(struct timespec){.tv_nsec = (due - now) * 1000 % 1000000000}, NULL);
        struct job *job = &s->jobs[n % JOBS];
        if (job->context) {
            s->refused++;
            continue;
        }
        rows_make(job);
        rows_renew(job);
        job->done = answered;
        job->owner = s;
        job->context = s;
        atomic_fetch_add(&s->out, 1);
        if (writer_put(s->writer, job) != ERR_NONE) {
            job->context = NULL;
            atomic_fetch_sub(&s->out, 1);
            s->refused++;
        }
        s->sent++;
    }
    while (atomic_load(&s->out))
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    free(s->jobs);
    return NULL;
}

int main(int argc, char **argv)
{
    uint64_t seconds = 2, rate = 500;
    if (argc < 3) {
        fputs("usage: staff DIRECTORY SQL_DIRECTORY [SECONDS [ARRIVALS_PER_SECOND]]\n", stderr);
        return 2;
    }
    if (argc > 3)
        must(str_to_u64(str_from(argv[3]), &seconds) && seconds);
    if (argc > 4)
        must(str_to_u64(str_from(argv[4]), &rate));
    log_init(2, LOG_WARN, LOG_FORMAT_TEXT);

    struct why why = {0};
    struct store *store;
    struct arena arena = ARENA_INIT;
    struct arrivals arrivals = {.per_second = (unsigned)rate};
    struct bench b = {.random = 1, .sql_directory = argv[2]};
    const struct writer_options options = {
        .inbox_limit = 4096, .group_limit = 512, .duplicate_ms = INT64_C(86400000), .search = true};
    struct choice statuses[STATUS_COUNT];
    struct search_owner owners[OWNERS];
    uint64_t records = 0;
    for (int i = 0; i < STATUS_COUNT; i++)
        statuses[i] = (struct choice){status_name((enum status)i), status_name((enum status)i)};
    for (int i = 0; i < OWNERS; i++)
        owners[i] = (struct search_owner){i + 1, arena_fmt(&arena, "p%d", i + 1), STR("")};
    b.names = (struct search_names){.statuses = statuses,
                                    .statuses_n = STATUS_COUNT,
                                    .owners = owners,
                                    .owners_n = OWNERS,
                                    .now_ms = clock_wall_ms()};
    specimens_init(&b.specimens, &arena, 1);
    if (store_open(argv[1], &store, &why) ||
        writer_start(store, &options, &arrivals.writer, &why) ||
        reader_open(store, &b.reader, &why) || reader_count(b.reader, &records, &why)) {
        char text[1024];
        err_text(&why, text, sizeof text);
        fprintf(stderr, "%s\n", text);
        return 1;
    }
    b.newest = (int64_t)records;
    for (unsigned i = 0; i < CASES; i++)
        write_case(&b, i);
    pthread_t thread;
    if (rate)
        pthread_create(&thread, NULL, arrive, &arrivals);
    for (unsigned i = 0; i < CASES; i++)
        measure(&b, i, (int64_t)seconds * 1000);
    atomic_store(&stop, true);
    if (rate)
        pthread_join(thread, NULL);
    struct writer_stats stats;
    writer_stats(arrivals.writer, &stats);
    printf("arrivals\t%llu\t%llu\t%llu\n", (unsigned long long)arrivals.sent,
           (unsigned long long)arrivals.refused, (unsigned long long)records);
    reader_close(b.reader);
    writer_stop(arrivals.writer);
    store_close(store);
    arena_release(&arena);
    return 0;
}
