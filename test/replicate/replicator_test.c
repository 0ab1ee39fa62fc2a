/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real store with a replica in a directory beside it. What the replica's files amount to is, page
 * by page, the database; two writers never both go on; whoever waits for the replica waits for it.
 */
#include "store/trial.h"

#include "replicate/ltx_decode.h"
#include "replicate/ltx_name.h"
#include "replicate/replicator.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdatomic.h>

enum { PAGE = 4096, PAGES_MAX = 8192 };

/* ---- a server ------------------------------------------------------------------------------- */

struct site {
    struct trial trial;
    struct replicator *replicator;
    atomic_int fenced;
};

static void on_fenced(void *context)
{
    atomic_fetch_add(&((struct site *)context)->fenced, 1);
}

static struct destination *place(const struct trial_directory *replica)
{
    static char url[128];
    snprintf(url, sizeof url, "file://%s", replica->path);
    const struct destination_options options = {.url = str_from(url)};
    struct destination *d;
    struct why why;
    trial_must(destination_open(&options, &d, &why), &why);
    return d;
}

/* Starts on the data directory that site->trial has. */
static enum err site_open(struct site *s, const struct trial_directory *replica,
                          const struct replicator_options *more, struct why *why)
{
    struct replicator_options options = more ? *more : (struct replicator_options){0};
    options.data = s->trial.directory.path;
    options.destination = place(replica);
    options.on_fenced = on_fenced;
    options.context = s;
    s->replicator = NULL;
    s->trial.writer = NULL;
    enum err e = store_open(s->trial.directory.path, &s->trial.store, why);
    if (!e)
        e = replicator_open(s->trial.store, &options, &s->replicator, why);
    if (e)
        return e;
    const struct writer_options writer = {.inbox_limit = 4096,
                                          .group_limit = 16,
                                          .log_pages = 60,
                                          .sink = replicator_sink(s->replicator)};
    trial_must(writer_start(s->trial.store, &writer, &s->trial.writer, why), why);
    replicator_start(s->replicator, s->trial.writer);
    return ERR_NONE;
}

static void site_close(struct site *s)
{
    writer_stop(s->trial.writer);
    if (s->replicator)
        replicator_stop(s->replicator, 5000);
    replicator_free(s->replicator);
    store_close(s->trial.store);
    s->trial.writer = NULL;
    s->trial.store = NULL;
    s->replicator = NULL;
}

static void site_start(struct site *s, const struct trial_directory *replica)
{
    struct why why;
    trial_must(site_open(s, replica, NULL, &why), &why);
}

static void work(struct site *s, uint64_t from, uint64_t n)
{
    static char large[9000];
    memset(large, 'x', sizeof large);
    struct trial_answers answers = TRIAL_ANSWERS;
    struct job *jobs = calloc(n, sizeof *jobs);
    for (uint64_t i = 0; i < n; i++) {
        jobs[i] = i % 2 ? trial_draft(&answers, from + i, 0, str_of(large, (from + i) * 31 % 9000))
                        : trial_submission(&answers);
        assert_int_equal(writer_put(s->trial.writer, &jobs[i]), ERR_NONE);
    }
    trial_wait(&answers, (unsigned)n);
    for (uint64_t i = 0; i < n; i++)
        assert_int_equal(jobs[i].result, ERR_NONE);
    free(jobs);
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

/* ---- what a replica amounts to -------------------------------------------------------------- */

struct database {
    unsigned char (*pages)[PAGE];
    uint32_t n;
};

static enum err read_file(void *from, void *out, size_t n, size_t *got, struct why *why)
{
    (void)why;
    *got = fread(out, 1, n, from);
    return ERR_NONE;
}

static void apply(struct database *db, struct ltx_decoder *decoder, const char *path)
{
    struct why why;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    trial_must(ltx_decoder_begin(decoder, (struct ltx_source){.read = read_file, .from = file},
                                 db->n, &why),
               &why);
    assert_true(decoder->header.commit <= PAGES_MAX);
    for (;;) {
        uint32_t pgno;
        const unsigned char *page;
        trial_must(ltx_decoder_page(decoder, &pgno, &page, &why), &why);
        if (pgno == 0)
            break;
        memcpy(db->pages[pgno - 1], page, PAGE);
    }
    db->n = decoder->header.commit;
    fclose(file);
}

/* All files of level 0 from the first on; how many there were. */
static uint64_t replay(const struct trial_directory *replica, struct database *db)
{
    struct ltx_unpacker unpacker;
    struct ltx_decoder decoder;
    struct why why;
    trial_must(ltx_unpacker_init(&unpacker, &why), &why);
    ltx_decoder_init(&decoder, &unpacker, 0);
    uint64_t txid = 1;
    for (;; txid++) {
        char name[LTX_NAME_SIZE], path[256];
        ltx_name_write(&(struct ltx_name){LTX_LEVEL_RAW, txid, txid}, name);
        snprintf(path, sizeof path, "%s/%s", replica->path, name);
        if (access(path, F_OK) != 0)
            break;
        apply(db, &decoder, path);
    }
    ltx_decoder_release(&decoder);
    ltx_unpacker_release(&unpacker);
    return txid - 1;
}

/* The replica is the database file of a server that was stopped. Answers its last TXID. */
static uint64_t expect_equal(const struct trial_directory *replica, const struct site *s)
{
    struct database db = {.pages = calloc(PAGES_MAX, PAGE)};
    uint64_t txid = replay(replica, &db);
    char path[128];
    snprintf(path, sizeof path, "%s/anteroom.db", s->trial.directory.path);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    unsigned char page[PAGE];
    uint32_t n = 0;
    for (; fread(page, 1, PAGE, file) == PAGE; n++)
        if (n >= db.n || memcmp(page, db.pages[n], PAGE) != 0)
            fail_msg("page %u is another one", n + 1);
    assert_int_equal(n, db.n);
    fclose(file);
    free(db.pages);
    return txid;
}

/* ---- tests ---------------------------------------------------------------------------------- */

struct field_test {
    struct site site;
    struct trial_directory replica;
};

static int set_up(void **state)
{
    static struct field_test t;
    t = (struct field_test){.site.trial.directory = trial_directory(),
                            .replica = trial_directory()};
    *state = &t;
    return 0;
}

static int tear_down(void **state)
{
    struct field_test *t = *state;
    trial_remove(&t->site.trial.directory);
    trial_remove(&t->replica);
    return 0;
}

static void the_replica_is_the_database(void **state)
{
    struct field_test *t = *state;
    site_start(&t->site, &t->replica);
    for (uint64_t i = 0; i < 5; i++)
        work(&t->site, 1 + i * 60, 60);
    settle(&t->site);
    struct replicator_state s = state_of(&t->site);
    assert_int_equal(s.images, 1);
    assert_int_equal(s.health, REPLICATOR_GOOD);
    assert_int_equal(s.lag_ms, 0);
    assert_int_equal(s.seq_safe, s.seq_committed);
    site_close(&t->site); /* since when they are safe is written, and put, at the end */
    assert_in_range(expect_equal(&t->replica, &t->site), s.position.txid, s.position.txid + 1);
}

static void a_stop_ships_what_waits(void **state)
{
    struct field_test *t = *state;
    site_start(&t->site, &t->replica);
    work(&t->site, 1, 200);
    site_close(&t->site);
    expect_equal(&t->replica, &t->site);
}

static void a_restart_goes_on_without_an_image(void **state)
{
    struct field_test *t = *state;
    for (uint64_t i = 0; i < 3; i++) {
        site_start(&t->site, &t->replica);
        work(&t->site, 1 + i * 50, 50);
        settle(&t->site);
        assert_int_equal(state_of(&t->site).images, i == 0);
        site_close(&t->site);
        expect_equal(&t->replica, &t->site);
    }
}

/* What was committed and never put (a crash) is put as an image by the next start. */
static void what_was_not_put_is_caught_up(void **state)
{
    struct field_test *t = *state;
    site_start(&t->site, &t->replica);
    work(&t->site, 1, 50);
    settle(&t->site);
    site_close(&t->site);

    trial_start(&t->site.trial, NULL); /* without a replica: it knows nothing of this */
    work(&t->site, 51, 50);
    trial_stop(&t->site.trial);

    site_start(&t->site, &t->replica);
    settle(&t->site);
    assert_int_equal(state_of(&t->site).images, 1);
    site_close(&t->site);
    expect_equal(&t->replica, &t->site);
}

/* ---- two of them ---------------------------------------------------------------------------- */

static void copy_directory(const struct trial_directory *from, const struct trial_directory *to)
{
    char command[256];
    snprintf(command, sizeof command, "cp -r %s/. %s/", from->path, to->path);
    assert_int_equal(system(command), 0);
}

static void an_older_copy_does_not_overwrite(void **state)
{
    struct field_test *t = *state;
    struct site old = {.trial.directory = trial_directory()};
    struct why why;
    site_start(&t->site, &t->replica);
    work(&t->site, 1, 50);
    site_close(&t->site);
    copy_directory(&t->site.trial.directory, &old.trial.directory);
    site_start(&t->site, &t->replica);
    work(&t->site, 51, 50);
    site_close(&t->site);

    assert_int_equal(site_open(&old, &t->replica, NULL, &why), ERR_CONFLICT);
    assert_non_null(strstr(why.hint, "replica.takeover"));
    site_close(&old);
    expect_equal(&t->replica, &t->site);

    const struct replicator_options takeover = {.takeover = true};
    trial_must(site_open(&old, &t->replica, &takeover, &why), &why);
    settle(&old);
    assert_int_equal(state_of(&old).position.epoch, 2);
    site_close(&old);
    expect_equal(&t->replica, &old);
    trial_remove(&old.trial.directory);
}

static void of_two_writers_one_goes_on(void **state)
{
    struct field_test *t = *state;
    struct site twin = {.trial.directory = trial_directory()};
    site_start(&t->site, &t->replica);
    work(&t->site, 1, 20);
    site_close(&t->site);
    copy_directory(&t->site.trial.directory, &twin.trial.directory);

    site_start(&t->site, &t->replica);
    site_start(&twin, &t->replica);
    work(&t->site, 21, 20);
    settle(&t->site);
    struct job lost = trial_submission(NULL), later = trial_submission(NULL);
    lost.wait_for_sink = true;
    assert_int_equal(trial_do(twin.trial.writer, &lost), ERR_NETWORK);
    assert_int_equal(trial_do(twin.trial.writer, &later), ERR_NETWORK);
    assert_int_equal(atomic_load(&twin.fenced), 1);
    assert_int_equal(state_of(&twin).health, REPLICATOR_FENCED);
    site_close(&twin);

    work(&t->site, 41, 20);
    site_close(&t->site);
    expect_equal(&t->replica, &t->site);
    trial_remove(&twin.trial.directory);
}

/* ---- waiting -------------------------------------------------------------------------------- */

static void who_waits_is_answered_when_it_is_there(void **state)
{
    struct field_test *t = *state;
    site_start(&t->site, &t->replica);
    for (uint64_t i = 0; i < 20; i++) {
        struct job job = trial_submission(NULL);
        trial_key(&job, i / 2); /* every second one is a repeat, which waits as well */
        job.wait_for_sink = true;
        assert_int_equal(trial_do(t->site.trial.writer, &job), ERR_NONE);
        assert_int_equal(job.submit.repeated, i % 2);
        struct replicator_state s = state_of(&t->site);
        assert_int_equal(s.seq_safe, s.seq_committed);
    }
    site_close(&t->site);
    expect_equal(&t->replica, &t->site);
}

/* The place is gone: a file lies where its folder was. */
static void block(const struct trial_directory *replica, bool blocked)
{
    char path[96], away[96];
    snprintf(path, sizeof path, "%s/ltx/0", replica->path);
    snprintf(away, sizeof away, "%s/away", replica->path);
    if (blocked) {
        assert_int_equal(rename(path, away), 0);
        close(open(path, O_WRONLY | O_CREAT, 0600));
    } else {
        assert_int_equal(unlink(path), 0);
        assert_int_equal(rename(away, path), 0);
    }
}

static void nobody_waits_for_ever(void **state)
{
    struct field_test *t = *state;
    struct why why;
    const struct replicator_options hurried = {.sync_ms = 50};
    trial_must(site_open(&t->site, &t->replica, &hurried, &why), &why);
    work(&t->site, 1, 20);
    settle(&t->site);
    block(&t->replica, true);
    struct job job = trial_submission(NULL), again = trial_submission(NULL);
    trial_key(&job, 7);
    trial_key(&again, 7);
    job.wait_for_sink = again.wait_for_sink = true;
    assert_int_equal(trial_do(t->site.trial.writer, &job), ERR_NETWORK);
    assert_int_equal(state_of(&t->site).health, REPLICATOR_BEHIND);
    work(&t->site, 21, 20); /* who does not wait goes on */
    block(&t->replica, false);
    settle(&t->site);
    assert_int_equal(trial_do(t->site.trial.writer, &again), ERR_NONE);
    assert_true(again.submit.repeated);
    assert_int_equal(state_of(&t->site).images, 1);
    site_close(&t->site);
    expect_equal(&t->replica, &t->site);
}

/* The place is away when the server starts: it serves, and says how it stands. (How they are
 * compared later, with a place that comes back: test/replicate/server.mjs.) */
static void it_starts_without_its_replica(void **state)
{
    struct field_test *t = *state;
    const struct destination_options nowhere = {.url = STR_INIT("abs://account@container/path"),
                                                .endpoint = STR_INIT("http://127.0.0.1:1/account"),
                                                .account_key = STR_INIT("a2V5"),
                                                .timeout_ms = 200};
    struct destination *d;
    struct why why;
    trial_must(destination_open(&nowhere, &d, &why), &why);
    trial_must(store_open(t->site.trial.directory.path, &t->site.trial.store, &why), &why);
    const struct replicator_options patient = {
        .data = t->site.trial.directory.path, .destination = d, .start_without = true};
    trial_must(replicator_open(t->site.trial.store, &patient, &t->site.replicator, &why), &why);
    const struct writer_options writer = {
        .inbox_limit = 4096, .group_limit = 16, .sink = replicator_sink(t->site.replicator)};
    trial_must(writer_start(t->site.trial.store, &writer, &t->site.trial.writer, &why), &why);
    replicator_start(t->site.replicator, t->site.trial.writer);
    work(&t->site, 1, 20);
    struct replicator_state s = state_of(&t->site);
    assert_int_equal(s.health, REPLICATOR_BEHIND);
    assert_true(s.seq_committed > 0 && s.seq_safe == 0);
    writer_stop(t->site.trial.writer);
    replicator_stop(t->site.replicator, 0);
    replicator_free(t->site.replicator);
    store_close(t->site.trial.store);
}

static void another_one_s_replica_is_seen_late(void **state)
{
    struct field_test *t = *state;
    struct site other = {.trial.directory = trial_directory()};
    struct why why;
    const struct replicator_options patient = {.start_without = true};
    site_start(&t->site, &t->replica);
    work(&t->site, 1, 20);
    site_close(&t->site);
    block(&t->replica, true);
    trial_must(site_open(&other, &t->replica, &patient, &why), &why);
    block(&t->replica, false);
    while (!atomic_load(&other.fenced))
        usleep(1000);
    assert_int_equal(site_open(&t->site, &t->replica, NULL, &why), ERR_NONE);
    site_close(&other);
    site_close(&t->site);
    expect_equal(&t->replica, &t->site);
    trial_remove(&other.trial.directory);
}

static void a_backlog_too_long_becomes_an_image(void **state)
{
    struct field_test *t = *state;
    struct why why;
    const struct replicator_options narrow = {.backlog = 200 * 1024};
    trial_must(site_open(&t->site, &t->replica, &narrow, &why), &why);
    work(&t->site, 1, 20);
    settle(&t->site);
    block(&t->replica, true);
    for (uint64_t i = 0; i < 6; i++)
        work(&t->site, 100 + i * 50, 50);
    assert_true(state_of(&t->site).lag_ms > 0);
    block(&t->replica, false);
    settle(&t->site);
    assert_true(state_of(&t->site).images >= 2);
    site_close(&t->site);
    expect_equal(&t->replica, &t->site);
}

int main(void)
{
    log_init(2, LOG_ERROR + 1, LOG_FORMAT_TEXT);
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_replica_is_the_database),
        TEST(a_stop_ships_what_waits),
        TEST(a_restart_goes_on_without_an_image),
        TEST(what_was_not_put_is_caught_up),
        TEST(an_older_copy_does_not_overwrite),
        TEST(of_two_writers_one_goes_on),
        TEST(who_waits_is_answered_when_it_is_there),
        TEST(nobody_waits_for_ever),
        TEST(it_starts_without_its_replica),
        TEST(another_one_s_replica_is_seen_late),
        TEST(a_backlog_too_long_becomes_an_image),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
