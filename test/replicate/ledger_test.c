/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real store with a replica in a directory: what is erased stands in the ledger beside it before
 * anybody is told, stays erased in whatever older point is restored, and a ledger that is not whole
 * ends such a restore.
 */
#include "store/trial.h"

#include "replicate/erasures.h"
#include "replicate/ledger.h"
#include "replicate/replicator.h"
#include "replicate/restore.h"
#include "replicate/sealed.h"
#include "store/erase.h"

enum { SUBMISSIONS = 6 };

struct site {
    struct trial trial;
    struct trial_directory replica;
    struct destination_options at;
    char url[128];
    struct replicator *replicator;
    struct client_id ids[SUBMISSIONS];
    uint64_t txid_half;   /* half of them are stored */
    uint64_t txid_before; /* all are stored, none is erased */
};

static struct destination *place(struct site *s)
{
    struct destination *d;
    struct why why;
    trial_must(destination_open(&s->at, &d, &why), &why);
    return d;
}

static enum err site_open(struct site *s, bool takeover, struct why *why)
{
    const struct replicator_options options = {.data = s->trial.directory.path,
                                               .destination = place(s),
                                               .sync_ms = 60000,
                                               .takeover = takeover};
    enum err e = store_open(s->trial.directory.path, &s->trial.store, why);
    if (!e && takeover) {
        uint64_t n;
        e = erasures_of_store(options.destination, s->trial.store, &n, why);
    }
    if (!e)
        e = replicator_open(s->trial.store, &options, &s->replicator, why);
    if (e) {
        store_close(s->trial.store);
        s->trial.store = NULL;
        return e;
    }
    const struct writer_options writer = {
        .inbox_limit = 64, .group_limit = 16, .sink = replicator_sink(s->replicator)};
    trial_must(writer_start(s->trial.store, &writer, &s->trial.writer, why), why);
    replicator_start(s->replicator, s->trial.writer);
    return ERR_NONE;
}

static void site_start(struct site *s)
{
    struct why why;
    trial_must(site_open(s, false, &why), &why);
}

static void site_close(struct site *s)
{
    if (!s->trial.store)
        return;
    writer_stop(s->trial.writer);
    replicator_stop(s->replicator, 5000);
    replicator_free(s->replicator);
    store_close(s->trial.store);
    s->trial.store = NULL;
}

/* Answered when it is in the replica. */
static enum err put(struct site *s, struct job *job)
{
    job->wait_for_sink = true;
    job->done = trial_answered;
    return trial_do(s->trial.writer, job);
}

static void erase(struct site *s, const struct client_id *id)
{
    struct erase_input input = {.actor = actor_command(), .client_id = *id};
    struct job job = {.kind = JOB_WRITE, .write = {erase_submission, &input}};
    assert_int_equal(put(s, &job), ERR_NONE);
}

static int set_up_with(void **state, const struct sealed_keys *keys)
{
    static struct site s;
    log_init(2, LOG_ERROR + 1, LOG_FORMAT_TEXT);
    s = (struct site){.trial.directory = trial_directory(), .replica = trial_directory()};
    snprintf(s.url, sizeof s.url, "file://%s", s.replica.path);
    s.at.url = str_from(s.url);
    s.at.keys = keys;
    s.at.sealed_only = keys != NULL;
    site_start(&s);
    for (int i = 0; i < SUBMISSIONS; i++) {
        struct job job = trial_submission(NULL);
        assert_int_equal(put(&s, &job), ERR_NONE);
        s.ids[i] = job.submit.client_id;
        struct replicator_state r;
        replicator_state(s.replicator, &r);
        s.txid_before = r.position.txid;
        if (i + 1 == SUBMISSIONS / 2)
            s.txid_half = r.position.txid;
    }
    *state = &s;
    return 0;
}

static int set_up(void **state)
{
    return set_up_with(state, NULL);
}

static int set_up_sealed(void **state)
{
    static const struct str key =
        STR_INIT("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    static struct sealed_keys keys;
    assert_int_equal(sealed_keys_read(key, &keys, NULL), ERR_NONE);
    return set_up_with(state, &keys);
}

static int tear_down(void **state)
{
    struct site *s = *state;
    site_close(s);
    trial_remove(&s->trial.directory);
    trial_remove(&s->replica);
    return 0;
}

static const char *entry(struct site *s, unsigned number)
{
    static char path[160];
    snprintf(path, sizeof path, "%s/erasures/%016x", s->replica.path, number);
    return path;
}

/* A line of shell about $E, that entry's file. */
static void change(struct site *s, unsigned number, const char *line)
{
    char command[400];
    snprintf(command, sizeof command, "E=%s; %.200s", entry(s, number), line);
    assert_int_equal(system(command), 0);
}

static enum err restore(struct site *s, uint64_t txid, struct trial_directory *to, uint64_t *erased,
                        struct why *why)
{
    struct arena a = ARENA_INIT;
    struct restore_report report;
    const struct restore_options options = {
        .from = &s->at, .to = to->path, .aim = txid ? RESTORE_TXID : RESTORE_LATEST, .txid = txid};
    enum err e = restore_run(&options, &a, &report, why);
    *erased = report.erased;
    arena_release(&a);
    return e;
}

/* How many submissions are in what a restore gives; -1: it fails with that. */
static int64_t restored(struct site *s, uint64_t txid, uint64_t erased, enum err fails,
                        const char *said)
{
    struct trial_directory to = trial_directory();
    struct why why = {0};
    uint64_t n = 0;
    int64_t rows = -1;
    enum err e = restore(s, txid, &to, &n, &why);
    if (e != fails)
        fail_msg("%s: %s", err_name(e), why.detail);
    if (e) {
        char path[128];
        snprintf(path, sizeof path, "%s/anteroom.db", to.path);
        assert_int_not_equal(access(path, F_OK), 0);
        if (!strstr(why.detail, said) || !why.hint[0])
            fail_msg("%s (%s)", why.detail, why.hint);
    } else {
        assert_int_equal(n, erased);
        rows = trial_number(&to, "SELECT count(*) FROM submission");
        struct reader *reader;
        struct audit_report report;
        trial_must(reader_open_directory(to.path, &reader, &why), &why);
        trial_must(reader_audit_verify(reader, &report, &why), &why);
        reader_close(reader);
    }
    trial_remove(&to);
    return rows;
}

static void what_was_erased_stays_erased(void **state)
{
    struct site *s = *state;
    assert_int_equal(restored(s, s->txid_before, 0, ERR_NONE, NULL), SUBMISSIONS);
    erase(s, &s->ids[1]);
    assert_int_equal(access(entry(s, 1), F_OK), 0);
    erase(s, &s->ids[4]);
    assert_int_equal(access(entry(s, 2), F_OK), 0);
    assert_int_equal(restored(s, 0, 0, ERR_NONE, NULL), SUBMISSIONS - 2);
    assert_int_equal(restored(s, s->txid_before, 2, ERR_NONE, NULL), SUBMISSIONS - 2);
    assert_int_equal(restored(s, s->txid_half, 2, ERR_NONE, NULL), SUBMISSIONS - 4);
}

static void a_ledger_that_is_not_whole_ends_the_restore(void **state)
{
    struct site *s = *state;
    for (int i = 0; i < 3; i++)
        erase(s, &s->ids[i]);
    static const struct {
        const char *change, *said;
    } changes[] = {
        {"mv $E $E.kept", "entry 2 is missing"},
        {"cp $E $E.kept && sed -i 's/^at ./at 7/' $E", "entry 3 does not belong"},
        {"cp $E $E.kept && sed -i 's/^number 2/number 3/' $E", "entry 2 is damaged"},
        {"cp $E $E.kept && truncate -s 40 $E", "entry 2 is damaged"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        change(s, 2, changes[i].change);
        restored(s, s->txid_before, 0, ERR_DATA, changes[i].said);
        assert_int_equal(restored(s, 0, 0, ERR_NONE, NULL), SUBMISSIONS - 3);
        change(s, 2, "mv $E.kept $E");
    }
    /* The newest one gone: what a replica's files know of cannot be left out. */
    assert_int_equal(unlink(entry(s, 3)), 0);
    restored(s, s->txid_before, 0, ERR_DATA, "entry 3 is missing");
    /* The next start completes it. */
    site_close(s);
    site_start(s);
    assert_int_equal(access(entry(s, 3), F_OK), 0);
    assert_int_equal(restored(s, s->txid_before, 3, ERR_NONE, NULL), SUBMISSIONS - 3);
}

static enum err nobody(struct site *s, struct why *why)
{
    site_close(s);
    enum err e = site_open(s, false, why);
    if (!e)
        site_close(s);
    return e;
}

/* Entries that are not ours: nobody goes on before somebody has looked. */
static void another_ledger_is_not_gone_on_with(void **state)
{
    struct site *s = *state;
    struct why why;
    erase(s, &s->ids[0]);
    erase(s, &s->ids[1]);
    change(s, 2, "cp $E $E.kept && sed -i 's/^at ./at 7/' $E");
    assert_int_equal(nobody(s, &why), ERR_CONFLICT);
    assert_non_null(strstr(why.detail, "other ones"));
    change(s, 2, "mv $E.kept $E");
    assert_int_equal(nobody(s, &why), ERR_NONE);
    change(s, 2, "truncate -s 10 $E");
    assert_int_equal(nobody(s, &why), ERR_CONFLICT);
    assert_non_null(strstr(why.detail, "damaged"));
    assert_int_equal(unlink(entry(s, 2)), 0);
    assert_int_equal(nobody(s, &why), ERR_NONE);
    assert_int_equal(access(entry(s, 2), F_OK), 0);
}

/* A copy from before, put in the replica's place: what was erased since is erased from it first. */
static void a_takeover_brings_nothing_back(void **state)
{
    struct site *s = *state;
    struct trial_directory old = trial_directory();
    struct why why;
    char command[300];
    erase(s, &s->ids[0]);
    site_close(s);
    snprintf(command, sizeof command, "cp -r %s/. %s/", s->trial.directory.path, old.path);
    assert_int_equal(system(command), 0);
    site_start(s);
    erase(s, &s->ids[2]);
    erase(s, &s->ids[3]);
    site_close(s);
    trial_remove(&s->trial.directory);
    s->trial.directory = old;
    assert_int_equal(site_open(s, false, &why), ERR_CONFLICT);
    trial_must(site_open(s, true, &why), &why);
    assert_int_equal(trial_number(&old, "SELECT count(*) FROM submission"), SUBMISSIONS - 3);
    erase(s, &s->ids[5]);
    assert_int_equal(access(entry(s, 4), F_OK), 0);
    assert_int_equal(restored(s, 0, 0, ERR_NONE, NULL), SUBMISSIONS - 4);
    assert_int_equal(restored(s, s->txid_before, 4, ERR_NONE, NULL), SUBMISSIONS - 4);
}

/* With encryption nobody reads who was erased, and a changed byte is no entry. */
static void an_encrypted_ledger_is_one_too(void **state)
{
    struct site *s = *state;
    char command[300];
    what_was_erased_stays_erased(state);
    snprintf(command, sizeof command, "grep -rqa -e CL- -e 'anteroom erasure' %s/erasures",
             s->replica.path);
    assert_int_not_equal(system(command), 0);
    change(s, 2, "printf x | dd of=$E bs=1 seek=70 conv=notrunc status=none");
    restored(s, s->txid_before, 0, ERR_DATA, "entry 2 is damaged");
}

/* The ledger cannot be written: who erases is not told that it is done. */
static void it_is_answered_when_it_is_in_the_ledger(void **state)
{
    struct site *s = *state;
    char folder[128];
    snprintf(folder, sizeof folder, "%s/erasures", s->replica.path);
    FILE *in_the_way = fopen(folder, "w");
    assert_non_null(in_the_way);
    fclose(in_the_way);
    struct trial_answers answers = TRIAL_ANSWERS;
    struct erase_input input = {.actor = actor_command(), .client_id = s->ids[0]};
    struct job job = {.kind = JOB_WRITE,
                      .write = {erase_submission, &input},
                      .wait_for_sink = true,
                      .done = trial_answered,
                      .owner = &answers};
    assert_int_equal(writer_put(s->trial.writer, &job), ERR_NONE);
    struct replicator_state r;
    do {
        usleep(1000);
        replicator_state(s->replicator, &r);
    } while (r.health != REPLICATOR_BEHIND);
    pthread_mutex_lock(&answers.lock);
    assert_int_equal(answers.n, 0);
    pthread_mutex_unlock(&answers.lock);
    assert_int_equal(unlink(folder), 0);
    trial_wait(&answers, 1);
    assert_int_equal(job.result, ERR_NONE);
    assert_int_equal(access(entry(s, 1), F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_erased_stays_erased, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_ledger_that_is_not_whole_ends_the_restore, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(another_ledger_is_not_gone_on_with, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_takeover_brings_nothing_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_encrypted_ledger_is_one_too, set_up_sealed, tear_down),
        cmocka_unit_test_setup_teardown(it_is_answered_when_it_is_in_the_ledger, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
