/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replica away for hours, and clocks that are set: a real store with its replicator and keeper,
 * in a world where time goes SPEED times as fast. Submissions go on; afterwards everything is
 * there, by one new image at most and a handful of requests, whatever had gathered.
 *
 * The program's clock_gettime, nanosleep and pthread_cond_timedwait stand in for libc's. Nothing
 * here depends on how quick the machine is: a slow one sees fewer submissions in an hour.
 */
#include "outage/moody.h"
#include "replicate/keeper.h"
#include "replicate/replicator_inner.h"
#include "replicate/restore.h"
#include "replicate/retry.h"
#include "store/trial.h"

#include <sys/syscall.h>

#define SPEED   10000LL
#define MINUTE  (60 * 1000LL)
#define HOUR    (60 * MINUTE)
#define DAY     (24 * HOUR)
#define BACKLOG (256 * 1024)

/* ---- time ----------------------------------------------------------------------------------- */

static int64_t began_ns, wall_ns; /* when the world began: monotonic, and the wall's time then */
static _Atomic int64_t set_ms;    /* how far the wall clock was set */

static int64_t real_ns(clockid_t clock)
{
    struct timespec t;
    syscall(SYS_clock_gettime, clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

__attribute__((constructor)) static void begin(void)
{
    began_ns = real_ns(CLOCK_MONOTONIC);
    wall_ns = real_ns(CLOCK_REALTIME);
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    int64_t since = (real_ns(CLOCK_MONOTONIC) - began_ns) * SPEED, ns = began_ns + since;
    if (clock == CLOCK_REALTIME)
        ns = wall_ns + since + atomic_load(&set_ms) * 1000000;
    out->tv_sec = ns / 1000000000;
    out->tv_nsec = ns % 1000000000;
    return 0;
}

int nanosleep(const struct timespec *t, struct timespec *rest)
{
    int64_t ns = ((int64_t)t->tv_sec * 1000000000 + t->tv_nsec) / SPEED;
    (void)rest;
    return clock_nanosleep(
        CLOCK_MONOTONIC, 0,
        &(struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000}, NULL);
}

/* All of ours are told to go by the monotonic clock. */
int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *lock, const struct timespec *t)
{
    int64_t at = (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
    int64_t ns = began_ns + (at > began_ns ? (at - began_ns) / SPEED : 0);
    return pthread_cond_clockwait(
        cond, lock, CLOCK_MONOTONIC,
        &(struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000});
}

/* ---- a server ------------------------------------------------------------------------------- */

struct site {
    struct trial trial;
    struct trial_directory replica;
    struct replicator *replicator;
    struct keeper *keeper;
    unsigned submitted;
    size_t backlog_most;
    atomic_uint drills;
};

static void on_put(void *context, const struct ltx_name *name, const struct notes *notes,
                   uint64_t size)
{
    keeper_told(((struct site *)context)->keeper, name, notes, size);
}

static enum err drill(void *context, const char *scratch, uint64_t *txid, struct why *why)
{
    (void)scratch, (void)why;
    *txid = 1;
    atomic_fetch_add(&((struct site *)context)->drills, 1);
    return ERR_NONE;
}

static int set_up(void **state)
{
    static struct site s;
    struct why why;
    atomic_store(&set_ms, 0);
    moods = (struct moods){0};
    s = (struct site){.trial.directory = trial_directory(), .replica = trial_directory()};
    *state = &s;
    trial_must(store_open(s.trial.directory.path, &s.trial.store, &why), &why);
    const struct replicator_options options = {.data = s.trial.directory.path,
                                               .destination = moody_open(s.replica.path),
                                               .backlog = BACKLOG,
                                               .pace_ms = 50,
                                               .on_put = on_put,
                                               .context = &s};
    const struct keeper_options keeper = {.data = s.trial.directory.path,
                                          .destination = moody_open(s.replica.path),
                                          .rules = retention_rules_default,
                                          .drill = drill,
                                          .drill_ms = HOUR,
                                          .context = &s};
    trial_must(replicator_open(s.trial.store, &options, &s.replicator, &why), &why);
    keeper_open(&keeper, &s.keeper);
    const struct writer_options writer = {.inbox_limit = 4096,
                                          .group_limit = 16,
                                          .log_pages = 60,
                                          .sink = replicator_sink(s.replicator)};
    trial_must(writer_start(s.trial.store, &writer, &s.trial.writer, &why), &why);
    replicator_start(s.replicator, s.trial.writer);
    keeper_start(s.keeper);
    return 0;
}

static int tear_down(void **state)
{
    struct site *s = *state;
    trial_remove(&s->trial.directory);
    trial_remove(&s->replica);
    return 0;
}

static void submit(struct site *s)
{
    struct job job = trial_submission(NULL);
    trial_key(&job, ++s->submitted);
    assert_int_equal(trial_do(s->trial.writer, &job), ERR_NONE);
    pthread_mutex_lock(&s->replicator->backlog.lock);
    if (s->replicator->backlog.bytes > s->backlog_most)
        s->backlog_most = s->replicator->backlog.bytes;
    pthread_mutex_unlock(&s->replicator->backlog.lock);
}

static struct replicator_state state_of(struct site *s)
{
    struct replicator_state state;
    replicator_state(s->replicator, &state);
    return state;
}

/* Until everything committed is in the replica. */
static void settle(struct site *s)
{
    for (;;) {
        struct replicator_state state = state_of(s);
        if (state.seq_safe == state.seq_committed && state.files)
            return;
        usleep(1000);
    }
}

static void close_site(struct site *s)
{
    writer_stop(s->trial.writer);
    keeper_stop(s->keeper);
    replicator_stop(s->replicator, HOUR);
    replicator_free(s->replicator);
    keeper_free(s->keeper);
    store_close(s->trial.store);
}

/* Everything that was answered is in what the replica restores to, with every check there is. */
static void expect_whole(struct site *s)
{
    struct trial_directory to = trial_directory();
    char url[96];
    struct why why;
    struct arena a = ARENA_INIT;
    struct restore_report report;
    snprintf(url, sizeof url, "file://%s", s->replica.path);
    const struct destination_options from = {.url = str_from(url)};
    const struct restore_options options = {.from = &from, .to = to.path};
    trial_must(restore_run(&options, &a, &report, &why), &why);
    assert_true(report.compared);
    assert_int_equal(trial_number(&to, "SELECT count(*) FROM submission"), s->submitted);
    arena_release(&a);
    trial_remove(&to);
}

/* ---- away ----------------------------------------------------------------------------------- */

/* Hours of that mood, a submission every few minutes, then well again. */
static void outage(struct site *s, enum mood mood, int64_t hours)
{
    for (int i = 0; i < 20; i++)
        submit(s);
    settle(s);
    atomic_store(&moods.mood, mood);
    atomic_store(&moods.calls, 0);
    int64_t from = clock_monotonic_ms(), to = from + hours * HOUR;
    while (clock_monotonic_ms() < to) {
        submit(s);
        usleep(1000);
    }
    struct replicator_state away = state_of(s);
    unsigned calls = atomic_load(&moods.calls);
    int64_t took = clock_monotonic_ms() - from;
    assert_int_equal(away.health, REPLICATOR_BEHIND);
    assert_true(away.lag_ms > 0);
    assert_int_equal(atomic_load(&moods.hasty), 0);
    /* Two of them knock, ten seconds apart in the middle. */
    assert_in_range(calls, 1, 3 * took / (RETRY_LAST_MS / 2) + 100);
    /* One more commit may be under way; what is dropped is dropped at once. */
    assert_in_range(s->backlog_most, 1, BACKLOG + 64 * 1024);

    atomic_store(&moods.mood, MOOD_WELL);
    from = clock_monotonic_ms();
    settle(s);
    struct replicator_state well = state_of(s);
    assert_int_equal(well.health, REPLICATOR_GOOD);
    assert_int_equal(well.lag_ms, 0);
    print_message(
        "# %d h away: %u submissions, %u calls; caught up by %lu files, %lu images, in "
        "%ld s\n",
        (int)(took / HOUR), s->submitted - 20, calls, (unsigned long)(well.files - away.files),
        (unsigned long)(well.images - away.images), (long)((clock_monotonic_ms() - from) / 1000));
    /* What was under way, then all the rest in one, then what was written meanwhile (since when
     * rows are safe): a handful, and never one for each of what had gathered. */
    assert_in_range(well.files - away.files, 1, 6);
    assert_in_range(well.images - away.images, 0, 1);
    close_site(s);
    expect_whole(s);
}

static void hours_of_refusal(void **state)
{
    outage(*state, MOOD_REFUSES, 3);
}

static void hours_of_silence(void **state)
{
    outage(*state, MOOD_SILENT, 3);
}

static void hours_of_retry_after(void **state)
{
    outage(*state, MOOD_BUSY, 3);
}

/* Everything is done and no answer arrives: each file is recognised as its own. */
static void hours_of_lost_answers(void **state)
{
    outage(*state, MOOD_LOSES, 3);
}

/* ---- clocks that are set -------------------------------------------------------------------- */

static void until_a_drill(struct site *s)
{
    unsigned before = atomic_load(&s->drills);
    while (atomic_load(&s->drills) == before)
        usleep(1000);
}

static void a_clock_that_is_set_stops_nothing(void **state)
{
    static const int64_t to[] = {HOUR, -HOUR, DAY, -DAY, -400 * DAY, 400 * DAY, 0};
    struct site *s = *state;
    struct keeper_state keeper;
    for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
        atomic_store(&set_ms, to[i]);
        for (int n = 0; n < 5; n++) {
            submit(s);
            settle(s);
        }
        until_a_drill(s);
    }
    keeper_state(s->keeper, &keeper);
    assert_int_equal(keeper.result, ERR_NONE);
    assert_true(keeper.merges > 0);
    assert_int_equal(state_of(s).images, 1);
    close_site(s);
    expect_whole(s);
}

/* Who died holding the lease had a clock that was ahead. */
static void a_lease_ends_although_the_clock_was_set_back(void **state)
{
    struct site *s = *state;
    struct why why;
    struct str one = STR("11111111111111111111111111111111");
    struct str other = STR("22222222222222222222222222222222");
    char url[96];
    struct destination *d;
    snprintf(url, sizeof url, "file://%s", s->replica.path);
    trial_must(destination_open(&(struct destination_options){.url = str_from(url)}, &d, &why),
               &why);
    trial_must(destination_lease(d, STR("leader"), one, 15, &why), &why);
    atomic_store(&set_ms, -DAY);
    int64_t until = clock_monotonic_ms() + 2 * HOUR;
    enum err e = ERR_CONFLICT;
    while (e == ERR_CONFLICT && clock_monotonic_ms() < until)
        e = destination_lease(d, STR("leader"), other, 15, &why);
    trial_must(e, &why);
    destination_free(d);
    close_site(s);
}

int main(void)
{
    log_init(2, LOG_ERROR + 1, LOG_FORMAT_TEXT);
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(hours_of_refusal),
        TEST(hours_of_silence),
        TEST(hours_of_retry_after),
        TEST(hours_of_lost_answers),
        TEST(a_clock_that_is_set_stops_nothing),
        TEST(a_lease_ends_although_the_clock_was_set_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
