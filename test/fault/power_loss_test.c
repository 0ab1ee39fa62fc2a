/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Simulated power loss (vfs_shim.h) at a random moment of a server's life: made, filled, stopped
 * and started again, checkpointed, now and then with a failing sync before. After each one the
 * store must open, and hold every acknowledged submission once, with the Client ID that was
 * answered, an unbroken audit chain and a whole database; what was not acknowledged is there or
 * not, and sending it again gives one. One exception: a database whose making never succeeded,
 * because the disk failed, may be refused as damaged; nothing was ever in it.
 *
 * ANTEROOM_SEEDS=N runs seeds 1..N (300; 60 under a sanitizer, which looks for other faults and
 * needs several times as long), ANTEROOM_SEED=N only that one.
 */
#include "base/must.h"
#include "fault/vfs_shim.h"
#include "store/trial.h"

enum { KEYS = 60, GROUP_MAX = 7, SESSIONS = 3, ATTEMPTS_MAX = 1000000 };

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SEEDS = 60 };
#else
enum { SEEDS = 300 };
#endif

/* What a client out there knows. Survives the power loss. */
struct client {
    struct job job;
    struct life *life;
    bool acknowledged;
    struct client_id id;
};

struct life {
    uint64_t seed, random;
    struct trial trial;
    struct client clients[KEYS];
    uint64_t draft_revision; /* acknowledged, of the one draft that is saved over and over */
    struct job draft;
    bool draft_out;
    bool born; /* the store has been open once */

    /* Of the running session, used on the writer's thread only. */
    unsigned next, last, out;
    uint64_t attempts;
    struct trial_answers finished;
};

static void put_group(struct life *l);

static void client_answered(struct job *job)
{
    struct client *c = job->owner;
    struct life *l = c->life;
    if (job->result == ERR_NONE) {
        if (c->acknowledged)
            must(strcmp(c->id.text, job->submit.client_id.text) == 0);
        c->acknowledged = true;
        c->id = job->submit.client_id;
    }
    if (--l->out == 0)
        put_group(l);
}

static void draft_answered(struct job *job)
{
    struct life *l = job->owner;
    if (job->result == ERR_NONE)
        l->draft_revision = job->draft.revision + 1;
    l->draft_out = false;
    if (--l->out == 0)
        put_group(l);
}

static void put_client(struct life *l, struct client *c)
{
    uint64_t key = (uint64_t)(c - l->clients) + 1;
    c->life = l;
    c->job = trial_submission(NULL);
    trial_key(&c->job, key);
    c->job.done = client_answered;
    c->job.owner = c;
    must(writer_put(l->trial.writer, &c->job) == ERR_NONE);
}

/*
 * The next few clients, and some that have asked before, all before the writer looks again (this
 * runs in its answer), so that a seed always makes the same groups. Who got no answer asks again.
 */
static void put_group(struct life *l)
{
    unsigned n = 1 + (unsigned)(vfs_shim_random(&l->random) % GROUP_MAX);
    bool put[KEYS] = {false};
    while (l->next < l->last && l->clients[l->next].acknowledged)
        l->next++;
    bool over = l->next == l->last || vfs_shim_is_off() || l->attempts++ == ATTEMPTS_MAX;
    for (unsigned i = 0; !over && i < n && l->next + i < l->last; i++)
        put[l->next + i] = true;
    if (!over && l->next && vfs_shim_random(&l->random) % 4 == 0)
        put[vfs_shim_random(&l->random) % l->next] = true;
    bool draft = !over && vfs_shim_random(&l->random) % 3 == 0;
    for (unsigned i = 0; i < KEYS; i++)
        l->out += put[i];
    l->out += draft;
    for (unsigned i = 0; i < KEYS; i++)
        if (put[i])
            put_client(l, &l->clients[i]);
    if (draft) {
        l->draft = trial_draft(NULL, 1, l->draft_revision, STR("sealed words"));
        l->draft.done = draft_answered;
        l->draft.owner = l;
        must(writer_put(l->trial.writer, &l->draft) == ERR_NONE);
    }
    if (over) {
        struct job done = {.owner = &l->finished};
        trial_answered(&done);
    }
}

static void first_answered(struct job *job)
{
    struct life *l = job->owner;
    l->draft_out = false;
    put_group(l);
}

/* Client IDs by the seed as well; few of them, so that clashes happen. */
static uint64_t draw_state;

static void draw_few(void *out, size_t n)
{
    uint64_t bits = vfs_shim_random(&draw_state) % 256;
    memset(out, 0, n);
    memcpy(out, &bits, n < sizeof bits ? n : sizeof bits);
}

/* One run of the server until clients [0, last) have answers or the power is gone. */
static void live(struct life *l, unsigned last)
{
    const struct writer_options options = {
        .inbox_limit = 256, .group_limit = 64, .log_pages = 24, .draw = draw_few};
    struct why why;
    l->last = last;
    l->next = 0;
    l->out = 0;
    l->attempts = 0;
    l->finished = (struct trial_answers)TRIAL_ANSWERS;
    enum err e = store_open(l->trial.directory.path, &l->trial.store, &why);
    l->born |= !e;
    if (!e)
        e = writer_start(l->trial.store, &options, &l->trial.writer, &why);
    /* With a reader the log outlives the writer's connection, without it is folded in. */
    if (!e && vfs_shim_random(&l->random) % 2)
        e = reader_open(l->trial.store, &l->trial.reader, &why);
    if (!e) {
        /* A job that is no client's, to get onto the writer's thread. */
        l->draft = trial_draft(NULL, 99, 0, STR("x"));
        l->draft.done = first_answered;
        l->draft.owner = l;
        must(writer_put(l->trial.writer, &l->draft) == ERR_NONE);
        trial_wait(&l->finished, 1);
    } else if (!vfs_shim_is_off() && e != ERR_IO) {
        fail_msg("seed %llu: cannot %s: %s", (unsigned long long)l->seed, why.op, why.detail);
    }
    reader_close(l->trial.reader);
    writer_stop(l->trial.writer);
    store_close(l->trial.store);
    l->trial.reader = NULL;
    l->trial.writer = NULL;
    l->trial.store = NULL;
}

/* A number from the database after the power came back. */
static int64_t ask(const struct life *l, const char *sql)
{
    return trial_number(&l->trial.directory, sql);
}

static void expect(const struct life *l, int64_t found, int64_t right, const char *what)
{
    if (found != right)
        fail_msg("seed %llu: %s: %lld, not %lld (ANTEROOM_SEED=%llu runs it alone)",
                 (unsigned long long)l->seed, what, (long long)found, (long long)right,
                 (unsigned long long)l->seed);
}

static void expect_whole(struct life *l)
{
    struct why why;
    struct audit_report report;
    enum err e = reader_audit_verify(l->trial.reader, &report, &why);
    expect(l, e, ERR_NONE, "the audit chain");
    expect(l, ask(l, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"),
           0, "damage");
    int64_t n = ask(l, "SELECT count(*) FROM submission");
    expect(l, (int64_t)report.events, n, "audit events");
    expect(l,
           ask(l, "SELECT count(*) FROM idempotency JOIN submission USING (client_id, "
                  "created_ms) JOIN outbox USING (client_id, created_ms)"),
           n, "submissions with their rows");
    expect(l, ask(l, "SELECT count(*) FROM idempotency"), n, "idempotency keys");
    expect(l, ask(l, "SELECT count(*) FROM outbox"), n, "outbox rows");
}

static void expect_acknowledged(struct life *l)
{
    for (unsigned i = 0; i < KEYS; i++) {
        const struct client *c = &l->clients[i];
        if (!c->acknowledged)
            continue;
        char sql[256];
        uint64_t key = i + 1;
        snprintf(sql, sizeof sql,
                 "SELECT count(*) FROM idempotency WHERE client_id = '%s' AND substr(hex(key), 1, "
                 "2) = '%02llX'",
                 c->id.text, (unsigned long long)key);
        expect(l, ask(l, sql), 1, "an acknowledged submission");
    }
    int64_t revision = ask(l, "SELECT coalesce(max(revision), 0) FROM draft "
                              "WHERE id = x'01000000000000000000000000000000'");
    if (revision < (int64_t)l->draft_revision)
        expect(l, revision, (int64_t)l->draft_revision, "the draft's revision");
    l->draft_revision = (uint64_t)revision;
}

/* False: refused as damaged. */
static bool opens(struct life *l)
{
    struct why why;
    enum err e = store_open(l->trial.directory.path, &l->trial.store, &why);
    if (e && e != ERR_DATA)
        fail_msg("seed %llu: cannot %s: %s", (unsigned long long)l->seed, why.op, why.detail);
    store_close(l->trial.store);
    l->trial.store = NULL;
    return !e;
}

static void run_seed(uint64_t seed)
{
    static struct life l;
    l = (struct life){.seed = seed, .random = seed, .trial.directory = trial_directory()};
    draw_state = seed;
    vfs_shim_reset();

    /* A whole life is about 330 changes; some moments lie behind its end. */
    vfs_shim_power_off(vfs_shim_random(&l.random) % 360);
    if (vfs_shim_random(&l.random) % 3 == 0) {
        uint64_t after = vfs_shim_random(&l.random) % 40, times = vfs_shim_random(&l.random) % 4;
        vfs_shim_fail(VFS_SYNC, after, 1 + times, SQLITE_IOERR_FSYNC);
    }
    for (unsigned i = 1; i <= SESSIONS && !vfs_shim_is_off(); i++)
        live(&l, KEYS * i / (SESSIONS + 1));
    vfs_shim_power_loss(vfs_shim_random(&l.random));
    if (!l.born && !opens(&l)) {
        trial_remove(&l.trial.directory);
        return;
    }

    trial_start(&l.trial, NULL);
    expect_whole(&l);
    expect_acknowledged(&l);
    trial_stop(&l.trial);

    /* Everybody asks again. */
    live(&l, KEYS);
    trial_start(&l.trial, NULL);
    expect_whole(&l);
    expect_acknowledged(&l);
    expect(&l, ask(&l, "SELECT count(*) FROM submission"), KEYS, "submissions in the end");
    trial_stop(&l.trial);
    trial_remove(&l.trial.directory);
}

static void nothing_acknowledged_is_lost(void **state)
{
    (void)state;
    uint64_t seed = 0, seeds = SEEDS;
    str_to_u64(str_from(getenv("ANTEROOM_SEEDS")), &seeds);
    if (str_to_u64(str_from(getenv("ANTEROOM_SEED")), &seed)) {
        run_seed(seed);
        return;
    }
    for (seed = 1; seed <= seeds; seed++)
        run_seed(seed);
    /* Seeds that have found something: a log that was never switched on (879); answers that a
     * recovery without a checkpoint would have taken for durable (762); a log that a process whose
     * syncs had failed left to the next one (1326); such a log copied into the database file and
     * then gone itself (1845: not every time, it depends on the clock too); a database that was
     * never made (2601). */
    static const uint64_t found[] = {762, 879, 1326, 1845, 2601};
    for (size_t i = 0; i < sizeof found / sizeof *found; i++)
        run_seed(found[i]);
    printf("# %llu power losses\n", (unsigned long long)seeds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_acknowledged_is_lost),
    };
    vfs_shim_install();
    log_init(2, LOG_ERROR + 1, LOG_FORMAT_TEXT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
