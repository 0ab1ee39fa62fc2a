/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that runs out: allocation n fails, once or for ever, n from the first to behind the last.
 * A piece of work must then end in one of two ways: a result or a refusal that is true, or the
 * process stopped by must(). Never a crash, never a wrong result; and whatever the store answered
 * before is there for the next process.
 *
 * Each n runs in a process of its own. This program's malloc stands in for libc's, for us and for
 * the libraries; under the sanitizers, which bring their own, there is nothing to stand in for.
 *
 * ANTEROOM_ALLOCATIONS=N tries about N of each (60).
 */
#include "base/must.h"
#include "config/config.h"
#include "fault/vfs_shim.h"
#include "net/tls.h"
#include "store/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { TRIES = 60, SUBMISSIONS = 4, EXIT_WRONG = 3 };

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { STAND_IN = false };
static _Atomic uint64_t counted, fail_from, fail_until;
#else
enum { STAND_IN = true };
static _Atomic uint64_t counted, fail_from, fail_until; /* allocations [from, until) fail */

/* glibc's own, under the names it exports for this.
 * NOLINTBEGIN(bugprone-reserved-identifier,cert-*)
 */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);
/* NOLINTEND(bugprone-reserved-identifier,cert-*) */

static bool fails(void)
{
    uint64_t n = atomic_fetch_add(&counted, 1);
    bool yes = n >= atomic_load(&fail_from) && n < atomic_load(&fail_until);
    if (yes)
        errno = ENOMEM;
    return yes;
}

void *malloc(size_t n)
{
    return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return fails() ? NULL : __libc_realloc(p, n);
}
#endif

/* What the child leaves for the parent. */
struct shared {
    uint64_t allocations;
    bool acknowledged[SUBMISSIONS];
    struct client_id ids[SUBMISSIONS];
    bool draft;
    char wrong[256];
};

static struct shared *shared;
static struct trial_directory directory;

/* In the child: what must hold whatever memory there was. */
#define RIGHT(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            snprintf(shared->wrong, sizeof shared->wrong, "line %d: %s", __LINE__, #condition);    \
            _exit(EXIT_WRONG);                                                                     \
        }                                                                                          \
    } while (0)

/* ---- the pieces of work -----------------------------------------------------------------------
 */

static void read_forms(void)
{
    struct arena a = ARENA_INIT;
    static const struct form_rules rules = {FORM_FIXED_FIELDS};
    struct form form = {0};
    struct why why;
    enum err e = form_from_urlencoded(
        &a, &rules, STR("company_name=A%CC%8Angstr%C3%B6m&email=ada%40example.com&phone=1234567"),
        FORM_ALL, &form, &why);
    RIGHT(e == ERR_NONE);
    RIGHT(str_eq(form.value[trial_field("company_name")], STR("Ångström")));
    e = form_from_json(&a, &rules, STR("{\"company_name\":\"Ada\",\"service_type\":[\"x\",\"y\"]}"),
                       FORM_ALL, &form, &why);
    RIGHT(e == ERR_NONE || e == ERR_INTERNAL || e == ERR_BUSY);
    RIGHT(e != ERR_NONE || str_eq(form.value[trial_field("company_name")], STR("Ada")));
    struct buf out;
    buf_init(&out, 65536);
    form_to_urlencoded(&rules, &form, FORM_ALL, &out);
    RIGHT(e != ERR_NONE || !buf_ok(&out) || str_starts(buf_view(&out), STR("company_name=Ada")));
    buf_release(&out);
    arena_release(&a);
}

static void read_configuration(void)
{
    struct config config;
    struct why why = {0};
    struct buf example;
    buf_init(&example, CONFIG_FILE_MAX);
    config_write_example(&example);
    if (buf_ok(&example)) {
        enum err e = config_parse(buf_view(&example), "example", NULL, &config, &why);
        RIGHT(e == ERR_NONE || why.detail[0]);
        RIGHT(e != ERR_NONE || config.limits_writer_queue == 4096);
        config_release(&config);
    }
    buf_release(&example);
}

static void prepare_tls(void)
{
    char certificate[128], key[128];
    struct why why = {0};
    struct tls *tls = NULL;
    bool made;
    snprintf(certificate, sizeof certificate, "%s/tls.crt", directory.path);
    snprintf(key, sizeof key, "%s/tls.key", directory.path);
    enum err e = tls_self_signed(certificate, key, "example.test", &made, &why);
    if (!e)
        e = tls_open(certificate, key, &tls, &why);
    RIGHT(e == ERR_NONE ? tls != NULL : why.detail[0] != '\0');
    tls_close(tls);
}

static void submit_all(struct writer *writer, struct reader *reader)
{
    struct job draft = trial_draft(NULL, 1, 0, STR("sealed words"));
    if (trial_do(writer, &draft) == ERR_NONE)
        shared->draft = true;
    for (unsigned i = 0; i < SUBMISSIONS; i++) {
        struct job job = trial_submission(NULL);
        trial_key(&job, i / 2 + 1); /* each twice */
        if (trial_do(writer, &job) != ERR_NONE)
            continue;
        shared->ids[i] = job.submit.client_id;
        shared->acknowledged[i] = true;
    }
    struct arena a = ARENA_INIT;
    struct draft row;
    struct why why;
    enum err e = reader_draft(reader, &a, &draft.draft.id, clock_wall_ms(), &row, &why);
    RIGHT(e != ERR_NONE || str_eq(row.sealed, STR("sealed words")));
    RIGHT(e != ERR_MISSING || !shared->draft);
    arena_release(&a);
}

static void run_store(void)
{
    const struct writer_options options = {.inbox_limit = 64, .group_limit = 16};
    struct store *store = NULL;
    struct writer *writer = NULL;
    struct reader *reader = NULL;
    struct why why = {0};
    enum err e = store_open(directory.path, &store, &why);
    if (!e)
        e = writer_start(store, &options, &writer, &why);
    if (!e)
        e = reader_open(store, &reader, &why);
    RIGHT(e == ERR_NONE || why.detail[0]);
    if (!e)
        submit_all(writer, reader);
    reader_close(reader);
    writer_stop(writer);
    store_close(store);
}

/* ---- a process for each -----------------------------------------------------------------------
 */

/* Runs work in a child in which allocations [from, until) fail; how it ended. */
static int run(void (*work)(void), uint64_t from, uint64_t until, char *said, size_t said_size)
{
    char path[128];
    snprintf(path, sizeof path, "%s.said", directory.path);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    *shared = (struct shared){0};
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(fd, 2);
        alarm(60);
        signal(SIGABRT, SIG_DFL); /* cmocka catches it otherwise, and SIGSEGV */
        signal(SIGSEGV, SIG_DFL);
        signal(SIGBUS, SIG_DFL);
        atomic_store(&counted, 0);
        atomic_store(&fail_until, until);
        atomic_store(&fail_from, from);
        work();
        shared->allocations = atomic_load(&counted);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    ssize_t n = pread(fd, said, said_size - 1, 0);
    said[n > 0 ? n : 0] = '\0';
    close(fd);
    unlink(path);
    return status;
}

static void expect_answers_kept(uint64_t n)
{
    struct trial t = {.directory = directory};
    struct audit_report report;
    struct why why;
    trial_start(&t, NULL);
    trial_must(reader_audit_verify(t.reader, &report, &why), &why);
    assert_int_equal(trial_number(&directory, "SELECT count(*) FROM submission"), report.events);
    assert_int_equal(trial_number(&directory, "SELECT count(*) FROM outbox"), report.events);
    assert_int_equal(trial_number(&directory, "SELECT count(*) FROM pragma_integrity_check "
                                              "WHERE integrity_check <> 'ok'"),
                     0);
    if (shared->draft)
        assert_int_equal(trial_number(&directory, "SELECT count(*) FROM draft"), 1);
    for (unsigned i = 0; i < SUBMISSIONS; i++) {
        struct job job = trial_submission(NULL);
        trial_key(&job, i / 2 + 1);
        trial_must(trial_do(t.writer, &job), &job.why);
        if (shared->acknowledged[i] && strcmp(job.submit.client_id.text, shared->ids[i].text) != 0)
            fail_msg("allocation %llu: %s was answered, %s is stored", (unsigned long long)n,
                     shared->ids[i].text, job.submit.client_id.text);
    }
    assert_int_equal(trial_number(&directory, "SELECT count(*) FROM submission"), SUBMISSIONS / 2);
    trial_stop(&t);
}

static void try_all(const char *name, void (*work)(void))
{
    char said[4096];
    uint64_t tries = TRIES, answered = 0, stopped = 0;
    if (!STAND_IN)
        skip();
    str_to_u64(str_from(getenv("ANTEROOM_ALLOCATIONS")), &tries);
    directory = trial_directory();
    assert_int_equal(run(work, UINT64_MAX, UINT64_MAX, said, sizeof said), 0);
    uint64_t all = shared->allocations, step = all / (tries ? tries : 1) + 1;
    assert_true(all > 0);
    trial_remove(&directory);

    /* Odd ones fail once, even ones for ever. The steps start elsewhere for each kind. */
    for (uint64_t i = 0; i * step < 2 * all; i++) {
        uint64_t n = i / 2 * step + (i % 2 ? step / 2 : 0);
        directory = trial_directory();
        int status = run(work, n, i % 2 ? n + 1 : UINT64_MAX, said, sizeof said);
        bool must_stopped = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
                            strstr(said, "Stopping to protect the data");
        if (status != 0 && !must_stopped)
            fail_msg("%s, allocation %llu fails %s: status 0x%x, %s %s", name,
                     (unsigned long long)n, i % 2 ? "once" : "for ever", (unsigned)status,
                     shared->wrong, said);
        answered += status == 0;
        stopped += status != 0;
        if (work == run_store)
            expect_answers_kept(n);
        trial_remove(&directory);
    }
    printf("# %s: %llu allocations; %llu failures borne, %llu stopped the process\n", name,
           (unsigned long long)all, (unsigned long long)answered, (unsigned long long)stopped);
}

static void reading_forms(void **state)
{
    (void)state;
    try_all("forms", read_forms);
}

static void reading_a_configuration(void **state)
{
    (void)state;
    try_all("configuration", read_configuration);
}

static void preparing_tls(void **state)
{
    (void)state;
    try_all("TLS", prepare_tls);
}

static void storing(void **state)
{
    (void)state;
    try_all("store", run_store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_forms),
        cmocka_unit_test(reading_a_configuration),
        cmocka_unit_test(preparing_tls),
        cmocka_unit_test(storing),
    };
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(shared != MAP_FAILED);
    log_init(2, LOG_ERROR + 1, LOG_FORMAT_TEXT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
