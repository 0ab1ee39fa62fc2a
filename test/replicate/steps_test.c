/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Killed at every step. A server's life (commits, checkpoints, an image, uploads, merges, a
 * snapshot, deletions) and a restore are a row of calls that change something on a disk; a process
 * is ended by SIGKILL before the first of them, before the second, and so on, every other time in
 * the middle of a write. After each death: what was answered as stored in two places is in what the
 * replica restores to as it lies there; the next process starts on what the first one left, and
 * goes on; what was answered at all is then in the replica; a restore that was cut short is
 * finished by the next one.
 *
 * The program's write, rename and so on stand in for libc's, so each call is a step by itself:
 * nothing has to be put into the code for this, and no step can be forgotten.
 *
 * STEPS_EACH=1 for every step; by default every few of them, others in each run.
 */
#include "store/trial.h"

#include "base/random.h"
#include "replicate/keeper.h"
#include "replicate/replicator.h"
#include "replicate/restore.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { DEATHS = 60, ROUNDS = 3, SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

/* What the processes share. */
static struct shared {
    atomic_ulong steps; /* of the process that is to die */
    atomic_ulong next;  /* number of the next submission */
    atomic_uint acked_n, safe_n;
    unsigned long acked[256]; /* answered */
    unsigned long safe[256];  /* answered as stored in two places */
} * shared;

/* ---- steps ---------------------------------------------------------------------------------- */

static unsigned long dies_at; /* 0: never */

static bool is_last_step(void)
{
    return dies_at && atomic_fetch_add(&shared->steps, 1) + 1 == dies_at;
}

static void step(void)
{
    if (is_last_step())
        kill(getpid(), SIGKILL);
}

/* Half of it, when it is the last. */
static size_t step_of(int fd, size_t n)
{
    if (fd <= 2 || !is_last_step())
        return n;
    if (dies_at % 2)
        kill(getpid(), SIGKILL);
    return n / 2;
}

static ssize_t written(size_t n, size_t wanted, ssize_t result)
{
    if (n != wanted)
        kill(getpid(), SIGKILL);
    return result;
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    size_t now = step_of(fd, n);
    return written(now, n, syscall(SYS_write, fd, bytes, now));
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    size_t now = step_of(fd, n);
    return written(now, n, syscall(SYS_pwrite64, fd, bytes, now, at));
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t at)
{
    return pwrite(fd, bytes, n, at);
}

int fsync(int fd)
{
    step();
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    step();
    return (int)syscall(SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t size)
{
    step();
    return (int)syscall(SYS_ftruncate, fd, size);
}

int ftruncate64(int fd, off_t size)
{
    return ftruncate(fd, size);
}

int rename(const char *from, const char *to)
{
    step();
    return (int)syscall(SYS_rename, from, to);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    step();
    return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, 0);
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    step();
    return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

int unlink(const char *path)
{
    step();
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int unlinkat(int fd, const char *path, int flags)
{
    step();
    return (int)syscall(SYS_unlinkat, fd, path, flags);
}

int mkdir(const char *path, mode_t mode)
{
    step();
    return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int mkdirat(int fd, const char *path, mode_t mode)
{
    step();
    return (int)syscall(SYS_mkdirat, fd, path, mode);
}

/* ---- a server's life ------------------------------------------------------------------------ */

static struct trial_directory data, replica, copy;
static char url[96];

static struct trial_directory quick_directory(void)
{
    struct trial_directory d = {"/dev/shm/anteroom-test-XXXXXX"};
    return mkdtemp(d.path) ? d : trial_directory();
}

static const struct retention_rules quick = {
    .levels = {{0, SECOND}, {SECOND, MINUTE}, {10 * SECOND, 10 * MINUTE}},
    .levels_n = 3,
    .settle_ms = SECOND,
    .snapshot_ms = 20 * MINUTE,
    .snapshot_size = 1 << 20,
    .all_ms = 30 * MINUTE,
    .thin_ms = 30 * MINUTE,
    .inputs_max = 12,
};

static struct destination *place(void)
{
    struct destination *d;
    struct why why;
    trial_must(destination_open(&(struct destination_options){.url = str_from(url)}, &d, &why),
               &why);
    return d;
}

static void on_put(void *context, const struct ltx_name *name, const struct notes *notes,
                   uint64_t size)
{
    keeper_told(*(struct keeper **)context, name, notes, size);
}

/* Every other one waits for the replica. */
static void submit(struct writer *writer, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct job job = trial_submission(NULL);
        unsigned long number = atomic_fetch_add(&shared->next, 1);
        trial_key(&job, number);
        job.wait_for_sink = i % 2;
        assert_int_equal(trial_do(writer, &job), ERR_NONE);
        shared->acked[atomic_fetch_add(&shared->acked_n, 1)] = number;
        if (i % 2)
            shared->safe[atomic_fetch_add(&shared->safe_n, 1)] = number;
    }
}

/* The life of a process, from start to stop; `rounds` of submissions and tidying. */
static void live(unsigned rounds)
{
    struct store *store;
    struct replicator *replicator;
    struct keeper *keeper;
    struct writer *writer;
    struct why why;
    trial_must(store_open(data.path, &store, &why), &why);
    const struct replicator_options options = {
        .data = data.path, .destination = place(), .on_put = on_put, .context = &keeper};
    const struct keeper_options tidy = {.data = data.path, .destination = place(), .rules = quick};
    keeper_open(&tidy, &keeper);
    trial_must(replicator_open(store, &options, &replicator, &why), &why);
    const struct writer_options w = {.inbox_limit = 64,
                                     .group_limit = 16,
                                     .log_pages = 20, /* a checkpoint every few groups */
                                     .sink = replicator_sink(replicator)};
    trial_must(writer_start(store, &w, &writer, &why), &why);
    replicator_start(replicator, writer);
    int64_t now = clock_wall_ms();
    for (unsigned round = 0; round < rounds; round++) {
        submit(writer, 4);
        now += HOUR; /* merges, a snapshot, then what is old goes */
        trial_must(keeper_turn(keeper, now, &why), &why);
    }
    writer_stop(writer);
    keeper_stop(keeper);
    replicator_stop(replicator, 5000);
    replicator_free(replicator);
    keeper_free(keeper);
    store_close(store);
}

/* ---- restoring ------------------------------------------------------------------------------ */

static enum err restore(const char *to, struct why *why)
{
    struct arena a = ARENA_INIT;
    struct restore_report report;
    const struct destination_options from = {.url = str_from(url)};
    const struct restore_options options = {.from = &from, .to = to, .threads = 1};
    enum err e = restore_run(&options, &a, &report, why);
    if (!e)
        assert_true(report.compared);
    arena_release(&a);
    return e;
}

/* Each of those n numbers is in the database of the directory. */
static void expect_all(const struct trial_directory *d, const unsigned long *numbers, unsigned n)
{
    char path[96];
    sqlite3 *db;
    sqlite3_stmt *find;
    snprintf(path, sizeof path, "%s/anteroom.db", d->path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT 1 FROM idempotency WHERE key = ?", -1, &find, NULL),
        SQLITE_OK);
    for (unsigned i = 0; i < n; i++) {
        struct job job = {.kind = JOB_SUBMIT};
        trial_key(&job, numbers[i]);
        sqlite3_bind_blob(find, 1, job.submit.idempotency, IDEMPOTENCY_SIZE, SQLITE_TRANSIENT);
        if (sqlite3_step(find) != SQLITE_ROW)
            fail_msg("died at step %lu: submission %lu was answered and is not there", dies_at,
                     numbers[i]);
        sqlite3_reset(find);
    }
    sqlite3_finalize(find);
    sqlite3_close(db);
}

static void expect_in_replica(const unsigned long *numbers, unsigned n)
{
    struct trial_directory to = quick_directory();
    struct why why;
    trial_must(restore(to.path, &why), &why);
    expect_all(&to, numbers, n);
    trial_remove(&to);
}

/* ---- dying ---------------------------------------------------------------------------------- */

static void forget(void)
{
    memset(shared, 0, sizeof *shared);
    trial_remove(&data);
    trial_remove(&replica);
    trial_remove(&copy);
    data = quick_directory();
    replica = quick_directory();
    copy = quick_directory();
    snprintf(url, sizeof url, "file://%s", replica.path);
}

static void live_long(void)
{
    live(ROUNDS);
}

static void restore_copy(void)
{
    struct why why;
    trial_must(restore(copy.path, &why), &why);
}

/* In a process of its own; true: it died at that step, and did not come to its end. */
static bool die(void (*run)(void), unsigned long at)
{
    atomic_store(&shared->steps, 0);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dies_at = at;
        run();
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status))
        assert_int_equal(WEXITSTATUS(status), 0);
    else
        assert_int_equal(WTERMSIG(status), SIGKILL);
    return WIFSIGNALED(status);
}

/* From one to the next; from where on: by chance, so that runs differ. */
static unsigned long stride(void (*run)(void), unsigned long *first)
{
    const char *wanted = getenv("STEPS_EACH");
    uint64_t each = 0;
    unsigned chance;
    die(run, ULONG_MAX);
    unsigned long all = atomic_load(&shared->steps);
    assert_true(all > 0);
    if (!wanted || !str_to_u64(str_from(wanted), &each) || each == 0)
        each = all / DEATHS + 1;
    random_bytes(&chance, sizeof chance);
    *first = 1 + chance % each;
    print_message("# %lu steps, a death at every %lu from the %lu on\n", all, (unsigned long)each,
                  *first);
    return each;
}

static void a_server(void **state)
{
    (void)state;
    forget();
    unsigned long first, each = stride(live_long, &first);
    forget();
    for (unsigned long at = first; die(live_long, at); at += each) {
        dies_at = 0;
        struct why why;
        /* The machine is lost: what was promised to be in two places is. */
        unsigned safe = atomic_load(&shared->safe_n);
        if (safe)
            expect_in_replica(shared->safe, safe);
        else if (restore(copy.path, &why))
            assert_true(why.detail[0] != '\0'); /* there is no replica yet, and that is said */
        /* It is not: the next process goes on. */
        if (die(live_long, ULONG_MAX))
            fail_msg("after a death at step %lu the next one does not live", at);
        expect_all(&data, shared->acked, atomic_load(&shared->acked_n));
        expect_in_replica(shared->acked, atomic_load(&shared->acked_n));
        forget();
    }
    forget();
}

static void a_restore(void **state)
{
    (void)state;
    forget();
    die(live_long, ULONG_MAX);
    unsigned long first, each = stride(restore_copy, &first);
    for (unsigned long at = first;; at += each) {
        char path[96];
        trial_remove(&copy);
        copy = quick_directory();
        if (!die(restore_copy, at))
            break;
        snprintf(path, sizeof path, "%s/anteroom.db", copy.path);
        if (access(path, F_OK) == 0) { /* it is called so only when all of it is right */
            expect_all(&copy, shared->acked, atomic_load(&shared->acked_n));
            continue;
        }
        restore_copy();
        expect_all(&copy, shared->acked, atomic_load(&shared->acked_n));
    }
    forget();
}

int main(void)
{
    log_init(2, LOG_ERROR + 1, LOG_FORMAT_TEXT);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(shared, MAP_FAILED);
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_server), cmocka_unit_test(a_restore)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    trial_remove(&data);
    trial_remove(&replica);
    trial_remove(&copy);
    munmap(shared, sizeof *shared);
    return failed;
}
