/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two servers and one replica, each a process. The leader is stopped in the middle of its work
 * (SIGSTOP), the other one, which followed, takes over, the first one is woken again: hundreds of
 * times, at any moment. Nothing that was answered as stored in two places is lost, and the replica
 * can be restored every time: each new follower does it, with every check there is.
 *
 * FENCE_CYCLES=500 for more of it.
 */
#include "store/trial.h"

#include "base/random.h"
#include "replicate/follow.h"
#include "replicate/replicator.h"
#include "replicate/restore.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum {
    CYCLES = 30,
    ROUND = 10, /* cycles before a new replica is begun */
    ACKED_MAX = 1 << 16,
    ASLEEP_MS = 500,
    PAUSE_US = 3000,
    HANDS = 4 /* submissions that wait at once */
};

/* How a server ended. */
enum { END_ASKED = 10, END_FENCED, END_LATE, END_BROKEN };

/* What the processes share. */
struct shared {
    atomic_uint go[2];      /* the follower of this seat is to lead */
    atomic_uint leading[2]; /* it does */
    atomic_uint stop;
    atomic_ulong next;  /* number of the next submission */
    atomic_ulong acked; /* so many of them are in keys */
    uint64_t keys[ACKED_MAX];
};

struct seat {
    struct trial_directory data;
    pid_t pid; /* 0: nobody */
};

struct ring {
    struct shared *shared;
    struct seat seats[2];
    struct trial_directory replica;
    char url[128];
    unsigned taken, late, acked;
};

static struct trial_directory quick_directory(void)
{
    struct trial_directory d = {"/dev/shm/anteroom-test-XXXXXX"};
    return mkdtemp(d.path) ? d : trial_directory();
}

/* ---- a server ------------------------------------------------------------------------------- */

static void on_fenced(void *context)
{
    atomic_store((atomic_bool *)context, true);
}

static void broken(const struct why *why)
{
    fprintf(stderr, "# %s: %s\n", why->op, why->detail);
    _exit(END_BROKEN);
}

/* Submissions, a few at once, each waiting for the replica; those that were answered are noted. */
static void work(struct shared *shared, struct writer *writer, atomic_bool *fenced)
{
    while (!atomic_load(fenced) && !atomic_load(&shared->stop)) {
        struct trial_answers answers = TRIAL_ANSWERS;
        struct job jobs[HANDS];
        uint64_t keys[HANDS];
        unsigned put = 0;
        for (unsigned i = 0; i < HANDS; i++) {
            keys[put] = atomic_fetch_add(&shared->next, 1);
            jobs[put] = trial_submission(&answers);
            trial_key(&jobs[put], keys[put]);
            jobs[put].wait_for_sink = true;
            put += writer_put(writer, &jobs[put]) == ERR_NONE;
        }
        trial_wait(&answers, put);
        usleep(PAUSE_US); /* so that who follows can arrive while it goes on */
        for (unsigned i = 0; i < put; i++)
            if (jobs[i].result == ERR_NONE)
                shared->keys[atomic_fetch_add(&shared->acked, 1) % ACKED_MAX] = keys[i];
    }
}

static int lead(const struct ring *t, unsigned seat)
{
    struct why why;
    atomic_bool fenced = false;
    struct store *store = NULL;
    struct writer *writer = NULL;
    struct replicator *replicator = NULL;
    struct replicator_options options = {
        .data = t->seats[seat].data.path, .lead = true, .on_fenced = on_fenced, .context = &fenced};
    const struct destination_options at = {.url = str_from(t->url)};
    enum err e = destination_open(&at, &options.destination, &why);
    if (!e)
        e = store_open(t->seats[seat].data.path, &store, &why);
    if (!e)
        e = replicator_open(store, &options, &replicator, &why);
    if (e == ERR_CONFLICT)
        return END_LATE;
    if (e)
        broken(&why);
    const struct writer_options more = {
        .inbox_limit = 64, .group_limit = 16, .sink = replicator_sink(replicator)};
    e = writer_start(store, &more, &writer, &why);
    if (e)
        broken(&why);
    replicator_start(replicator, writer);
    atomic_store(&t->shared->leading[seat], 1);
    work(t->shared, writer, &fenced);
    writer_stop(writer);
    replicator_stop(replicator, 1000);
    replicator_free(replicator);
    store_close(store);
    return atomic_load(&fenced) ? END_FENCED : END_ASKED;
}

static int serve(const struct ring *t, unsigned seat)
{
    const struct destination_options at = {.url = str_from(t->url)};
    struct follow *follow;
    struct why why;
    log_init(2, LOG_ERROR + 1, LOG_FORMAT_TEXT);
    enum err e = follow_open(&at, t->seats[seat].data.path, &follow, &why);
    if (e)
        broken(&why);
    while (!atomic_load(&t->shared->go[seat])) {
        e = follow_step(follow, false, &why);
        if (e && e != ERR_MISSING)
            broken(&why);
        usleep(500);
    }
    do
        e = follow_step(follow, true, &why);
    while (!e && !follow_state(follow).all);
    if (!e)
        e = follow_take(follow, &why);
    if (e && e != ERR_MISSING)
        broken(&why);
    follow_close(follow);
    return lead(t, seat);
}

/* ---- who is where --------------------------------------------------------------------------- */

static void start(struct ring *t, unsigned seat)
{
    trial_remove(&t->seats[seat].data);
    t->seats[seat].data = quick_directory();
    atomic_store(&t->shared->go[seat], 0);
    atomic_store(&t->shared->leading[seat], 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(serve(t, seat));
    t->seats[seat].pid = pid;
}

/* How it ended; 0 when it goes on and `wait` is false. */
static int ended(struct ring *t, unsigned seat, bool wait)
{
    int status;
    pid_t pid = waitpid(t->seats[seat].pid, &status, wait ? 0 : WNOHANG);
    if (pid == 0)
        return 0;
    t->seats[seat].pid = 0;
    assert_true(WIFEXITED(status));
    assert_int_not_equal(WEXITSTATUS(status), END_BROKEN);
    return WEXITSTATUS(status);
}

static unsigned below(unsigned n)
{
    unsigned u;
    random_bytes(&u, sizeof u);
    return u % n;
}

/* The leader sleeps, the other one takes over, the leader wakes. Which seat leads then? */
static unsigned cycle(struct ring *t, unsigned leader)
{
    unsigned other = 1 - leader;
    start(t, other);
    usleep(below(20000));
    kill(t->seats[leader].pid, SIGSTOP);
    usleep(below(2000));
    atomic_store(&t->shared->go[other], 1);
    /* It wakes while the other one is on the way, or when that leads; or when it slept with the
     * lock of the replica's directory in its hand, which nobody gets past. */
    bool early = below(2);
    int64_t until_ms = clock_monotonic_ms() + (early ? below(20) : ASLEEP_MS);
    int end = 0;
    while (!end && !atomic_load(&t->shared->leading[other]) && clock_monotonic_ms() < until_ms) {
        end = ended(t, other, false);
        usleep(300);
    }
    kill(t->seats[leader].pid, SIGCONT);
    int old = 0;
    while (!end && !old) {
        end = ended(t, other, false);
        old = ended(t, leader, false);
        usleep(300);
    }
    assert_true(end == 0 || end == END_LATE || end == END_FENCED);
    assert_true(old == 0 || old == END_FENCED);
    t->taken += old != 0;
    t->late += end != 0;
    return old ? other : leader;
}

/* Every number that was answered is in what a restore makes of the replica. */
static void check(struct ring *t)
{
    struct trial_directory to = quick_directory();
    struct arena a = ARENA_INIT;
    struct restore_report report;
    const struct destination_options at = {.url = str_from(t->url)};
    const struct restore_options options = {.from = &at, .to = to.path};
    struct why why;
    char path[96];
    trial_must(restore_run(&options, &a, &report, &why), &why);
    assert_true(report.compared);
    arena_release(&a);
    snprintf(path, sizeof path, "%s/anteroom.db", to.path);
    sqlite3 *db;
    sqlite3_stmt *find;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT 1 FROM idempotency WHERE key = ?", -1, &find, NULL),
        SQLITE_OK);
    unsigned long n = atomic_load(&t->shared->acked);
    assert_in_range(n, 1, ACKED_MAX);
    for (unsigned long i = 0; i < n; i++) {
        struct job job = {.kind = JOB_SUBMIT};
        trial_key(&job, t->shared->keys[i]);
        sqlite3_bind_blob(find, 1, job.submit.idempotency, IDEMPOTENCY_SIZE, SQLITE_TRANSIENT);
        if (sqlite3_step(find) != SQLITE_ROW)
            fail_msg("submission %lu was answered and is not there",
                     (unsigned long)t->shared->keys[i]);
        sqlite3_reset(find);
    }
    sqlite3_finalize(find);
    sqlite3_close(db);
    t->acked += (unsigned)n;
    trial_remove(&to);
}

static void round_of(struct ring *t, unsigned cycles)
{
    memset(t->shared, 0, sizeof *t->shared);
    t->replica = quick_directory();
    snprintf(t->url, sizeof t->url, "file://%s", t->replica.path);
    t->seats[0].data = quick_directory();
    t->seats[1].data = quick_directory();
    unsigned leader = 0;
    start(t, leader);
    atomic_store(&t->shared->go[leader], 1);
    while (!atomic_load(&t->shared->leading[leader]))
        usleep(500);
    for (unsigned i = 0; i < cycles; i++)
        leader = cycle(t, leader);
    atomic_store(&t->shared->stop, 1);
    assert_int_equal(ended(t, leader, true), END_ASKED);
    check(t);
    trial_remove(&t->replica);
    trial_remove(&t->seats[0].data);
    trial_remove(&t->seats[1].data);
}

static void nothing_answered_is_lost(void **state)
{
    (void)state;
    struct ring t = {0};
    const char *wanted = getenv("FENCE_CYCLES");
    uint64_t cycles = CYCLES;
    if (wanted)
        assert_true(str_to_u64(str_from(wanted), &cycles));
    t.shared =
        mmap(NULL, sizeof *t.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(t.shared, MAP_FAILED);
    for (uint64_t done = 0; done < cycles; done += ROUND)
        round_of(&t, ROUND);
    print_message("# %u take-overs, %u of the new ones came late, %u submissions answered and "
                  "there\n",
                  t.taken, t.late, t.acked);
    munmap(t.shared, sizeof *t.shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_answered_is_lost)};
    log_init(2, LOG_ERROR + 1, LOG_FORMAT_TEXT);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
