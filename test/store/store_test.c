/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trial.h"

#include "store/directory.h"
#include "store/store_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

/* ---- helpers -------------------------------------------------------------------------------- */

static int setup(void **state)
{
    static struct trial_directory d;
    log_init(2, LOG_ERROR + 1, LOG_FORMAT_TEXT);
    d = trial_directory();
    *state = &d;
    return 0;
}

static int teardown(void **state)
{
    trial_remove(*state);
    return 0;
}

/* Opening must fail with this kind, and say these words; returns nothing open. */
static void expect_refusal(const char *directory, enum err kind, const char *words)
{
    struct store *store;
    struct why why;
    assert_int_equal(store_open(directory, &store, &why), kind);
    assert_null(store);
    if (!strstr(why.detail, words))
        fail_msg("\"%s\" does not say \"%s\"", why.detail, words);
    assert_true(why.hint[0] != '\0');
}

/* An Anteroom database with n submissions, closed cleanly. */
static void make_database(const struct trial_directory *d, unsigned n)
{
    struct trial t = {.directory = *d};
    trial_start(&t, NULL);
    for (unsigned i = 0; i < n; i++) {
        struct job job = trial_submission(NULL);
        trial_key(&job, i);
        assert_int_equal(trial_do(t.writer, &job), ERR_NONE);
    }
    trial_stop(&t);
}

static void path_of(const struct trial_directory *d, const char *name, char out[128])
{
    snprintf(out, 128, "%s/%s", d->path, name);
}

static off_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_size : -1;
}

/* ---- the directory -------------------------------------------------------------------------- */

static void a_new_directory_is_private(void **state)
{
    const struct trial_directory *d = *state;
    char path[128], keys[128], key[128];
    path_of(d, "data", path);
    path_of(d, "data/keys", keys);
    struct store *store;
    struct why why;
    trial_must(store_open(path, &store, &why), &why);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(stat(keys, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    path_of(d, "data/anteroom.db", key);
    assert_int_equal(stat(key, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    path_of(d, "data/anteroom.db-wal", key);
    assert_int_equal(stat(key, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_string_equal(store_path(store, "keys", key, sizeof key), keys);
    store_close(store);
}

static void a_directory_that_cannot_be_used_is_refused(void **state)
{
    const struct trial_directory *d = *state;
    char path[128];
    path_of(d, "no/such", path);
    expect_refusal(path, ERR_IO, "No such file or directory");
    path_of(d, "file", path);
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
    expect_refusal(path, ERR_IO, "is not a directory");
    path_of(d, "readonly", path);
    assert_int_equal(mkdir(path, 0500), 0);
    if (geteuid() != 0) /* root may write anywhere */
        expect_refusal(path, ERR_IO, "Permission denied");
}

static void network_file_systems_are_known(void **state)
{
    (void)state;
    static const struct {
        unsigned long magic;
        const char *name;
    } cases[] = {
        {0x6969, "NFS"},      {0xff534d42, "CIFS"}, {0xfe534d42, "SMB2"}, {0x01021997, "9p"},
        {0x65735546, "FUSE"}, {0xef53, NULL},       {0x58465342, NULL},   {0x01021994, NULL},
        {0x9123683e, NULL},   {0x794c7630, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *name = directory_network_name(cases[i].magic);
        if (cases[i].name)
            assert_string_equal(name, cases[i].name);
        else
            assert_null(name);
    }
}

static void a_second_process_is_refused(void **state)
{
    const struct trial_directory *d = *state;
    struct store *store;
    struct why why;
    trial_must(store_open(d->path, &store, &why), &why);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char expected[64];
        snprintf(expected, sizeof expected, "another anteroom (process %d)", (int)getppid());
        struct store *second;
        enum err e = store_open(d->path, &second, &why);
        _exit(e == ERR_CONFLICT && strstr(why.detail, expected) && strstr(why.hint, "--data") ? 0
                                                                                              : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    store_close(store);
    trial_must(store_open(d->path, &store, &why), &why);
    store_close(store);
}

/* ---- whose database ------------------------------------------------------------------------- */

static void a_foreign_database_is_refused_and_left_alone(void **state)
{
    const struct trial_directory *d = *state;
    assert_int_equal(trial_sql(d, "CREATE TABLE bookmark (url TEXT)"), SQLITE_OK);
    expect_refusal(d->path, ERR_DATA, "another program");
    assert_int_equal(trial_number(d, "SELECT count(*) FROM sqlite_schema"), 1);
    assert_int_equal(trial_sql(d, "PRAGMA application_id = 77"), SQLITE_OK);
    expect_refusal(d->path, ERR_DATA, "another program");
}

static void a_newer_schema_is_refused(void **state)
{
    const struct trial_directory *d = *state;
    make_database(d, 1);
    assert_int_equal(trial_sql(d, "PRAGMA user_version = 4000"), SQLITE_OK);
    expect_refusal(d->path, ERR_DATA, "newer anteroom (schema 4000");
    struct reader *reader;
    struct why why;
    assert_int_equal(reader_open_directory(d->path, &reader, &why), ERR_DATA);
    assert_null(reader);
}

static void an_empty_file_is_a_new_database(void **state)
{
    const struct trial_directory *d = *state;
    char path[128];
    path_of(d, "anteroom.db", path);
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
    make_database(d, 1);
    assert_int_equal(trial_number(d, "PRAGMA user_version"), (int64_t)store_schema_version());
    path_of(d, "anteroom.db.before-1", path);
    assert_int_equal(size_of(path), -1); /* nothing to copy */
}

static void a_file_before_the_first_schema_is_copied_and_migrated(void **state)
{
    const struct trial_directory *d = *state;
    assert_int_equal(trial_sql(d, "PRAGMA application_id = 0x416e7465;"
                                  "CREATE TABLE early (x) STRICT"),
                     SQLITE_ERROR); /* STRICT wants types: the test's own SQL is checked too */
    assert_int_equal(trial_sql(d, "CREATE TABLE early (x TEXT) STRICT;"
                                  "INSERT INTO early VALUES ('kept')"),
                     SQLITE_OK);
    make_database(d, 2);
    assert_int_equal(trial_number(d, "SELECT count(*) FROM early WHERE x = 'kept'"), 1);
    char path[128], name[64];
    snprintf(name, sizeof name, "anteroom.db.before-%u", store_schema_version());
    path_of(d, name, path);
    sqlite3 *db;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM early", -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(s, 0), 1);
    sqlite3_finalize(s);
    sqlite3_close(db);
}

/* ---- damage --------------------------------------------------------------------------------- */

static void overwrite(const char *path, off_t at, size_t n)
{
    char garbage[8192];
    memset(garbage, 0xd7, sizeof garbage);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, garbage, n, at), n);
    close(fd);
}

static void a_damaged_file_is_never_served(void **state)
{
    const struct trial_directory *d = *state;
    char path[128], saved[128], command[300];
    make_database(d, 40);
    path_of(d, "anteroom.db", path);
    path_of(d, "saved", saved);
    assert_int_equal(rename(path, saved), 0);
    off_t size = size_of(saved);
    assert_true(size >= 12 * 4096);

    /* The first half of each page in turn: every one but the free ones must be missed. */
    for (off_t page = 0; page < size / 4096; page++) {
        snprintf(command, sizeof command, "cp %s %s", saved, path);
        assert_int_equal(system(command), 0);
        overwrite(path, page * 4096, 2048);
        struct store *store;
        struct why why;
        enum err e = store_open(d->path, &store, &why);
        if (e != ERR_DATA)
            fail_msg("page %lld of %lld: %s", (long long)page + 1, (long long)size / 4096,
                     err_name(e));
    }
    /* Cut short by pages and in the middle of one. */
    for (off_t cut = 1; cut < size; cut += 1500) {
        snprintf(command, sizeof command, "cp %s %s", saved, path);
        assert_int_equal(system(command), 0);
        assert_int_equal(truncate(path, size - cut), 0);
        struct store *store;
        struct why why;
        enum err e = store_open(d->path, &store, &why);
        if (e != ERR_DATA)
            fail_msg("cut to %lld of %lld bytes: %s", (long long)(size - cut), (long long)size,
                     err_name(e));
    }
}

/* A database too large to be checked at start is checked beside the service. */
static void damage_found_later_ends_the_service(void **state)
{
    const struct trial_directory *d = *state;
    struct trial t = {.directory = *d};
    const struct writer_options options = {.inbox_limit = 4096, .group_limit = 512};
    char path[128];
    struct why why;
    make_database(d, 2000);
    for (int damaged = 0; damaged <= 1; damaged++) {
        path_of(d, "anteroom.db", path);
        if (damaged)
            overwrite(path, size_of(path) / 8192 * 4096, 2048); /* in the middle, seldom read */
        trial_must(store_open_within(d->path, 0, &t.store, &why), &why);
        trial_must(writer_start(t.store, &options, &t.writer, &why), &why);
        trial_must(reader_open(t.store, &t.reader, &why), &why);
        while (damaged && reader_ping(t.reader, &why) == ERR_NONE)
            usleep(1000);
        assert_int_equal(reader_ping(t.reader, &why), damaged ? ERR_DATA : ERR_NONE);
        struct job job = trial_submission(NULL);
        assert_int_equal(trial_do(t.writer, &job), damaged ? ERR_DATA : ERR_NONE);
        trial_stop(&t);
    }
}

static void a_file_of_something_else_is_refused(void **state)
{
    const struct trial_directory *d = *state;
    char path[128];
    path_of(d, "anteroom.db", path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 1000; i++)
        fputs("This is a letter and not a database.\n", file);
    fclose(file);
    expect_refusal(d->path, ERR_DATA, "not a database");
    assert_int_equal(size_of(path), 37000);
}

static void tampering_is_refused_or_found(void **state)
{
    const struct trial_directory *d = *state;
    make_database(d, 20);
    assert_int_not_equal(trial_sql(d, "UPDATE audit SET actor = 'nobody' WHERE seq = 3"),
                         SQLITE_OK);
    assert_int_not_equal(trial_sql(d, "DELETE FROM audit WHERE seq = 20"), SQLITE_OK);
    assert_int_not_equal(trial_sql(d, "UPDATE audit SET hash = x''"), SQLITE_OK);
    make_database(d, 0);
    /* Past the triggers, as somebody with the file can. */
    static const char *const deeds[] = {
        "DROP TRIGGER audit_is_not_changed; UPDATE audit SET actor = 'nobody' WHERE seq = 3",
        "DROP TRIGGER audit_is_not_deleted; DELETE FROM audit WHERE seq = 7",
        "DROP TRIGGER audit_is_not_changed; UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 1",
        "DROP TRIGGER audit_is_not_changed; UPDATE audit SET seq = seq + 1000 WHERE seq = 20",
    };
    static const uint64_t broken[] = {3, 7, 1, 20};
    char path[128], saved[128], command[300];
    path_of(d, "anteroom.db", path);
    path_of(d, "saved", saved);
    assert_int_equal(rename(path, saved), 0);
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        snprintf(command, sizeof command, "cp %s %s", saved, path);
        assert_int_equal(system(command), 0);
        assert_int_equal(trial_sql(d, deeds[i]), SQLITE_OK);
        struct reader *reader;
        struct audit_report report;
        struct why why;
        trial_must(reader_open_directory(d->path, &reader, &why), &why);
        assert_int_equal(reader_audit_verify(reader, &report, &why), ERR_DATA);
        assert_int_equal(report.broken, broken[i]);
        assert_int_equal(report.events, broken[i] - 1);
        reader_close(reader);
        expect_refusal(d->path, ERR_DATA, "was changed, removed or put in");
    }
}

/* ---- a log left behind ---------------------------------------------------------------------- */

static void what_a_killed_process_acknowledged_is_there(void **state)
{
    const struct trial_directory *d = *state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct trial t = {.directory = *d};
        trial_start(&t, NULL);
        for (unsigned i = 0; i < 50; i++) {
            struct job job = trial_submission(NULL);
            trial_key(&job, i);
            if (trial_do(t.writer, &job) != ERR_NONE)
                _exit(1);
        }
        _exit(0); /* nothing closed: as after kill -9 */
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 0);
    char path[128];
    path_of(d, "anteroom.db-wal", path);
    assert_true(size_of(path) > 0);

    /* A command may look first, beside nobody. */
    struct reader *reader;
    uint64_t n;
    struct why why;
    trial_must(reader_open_directory(d->path, &reader, &why), &why);
    trial_must(reader_count(reader, &n, &why), &why);
    assert_int_equal(n, 50);
    reader_close(reader);

    make_database(d, 50); /* the same keys again: all repeats */
    assert_int_equal(trial_number(d, "SELECT count(*) FROM submission"), 50);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_new_directory_is_private),
        STORE_TEST(a_directory_that_cannot_be_used_is_refused),
        STORE_TEST(network_file_systems_are_known),
        STORE_TEST(a_second_process_is_refused),
        STORE_TEST(a_foreign_database_is_refused_and_left_alone),
        STORE_TEST(a_newer_schema_is_refused),
        STORE_TEST(an_empty_file_is_a_new_database),
        STORE_TEST(a_file_before_the_first_schema_is_copied_and_migrated),
        STORE_TEST(a_damaged_file_is_never_served),
        STORE_TEST(damage_found_later_ends_the_service),
        STORE_TEST(a_file_of_something_else_is_refused),
        STORE_TEST(tampering_is_refused_or_found),
        STORE_TEST(what_a_killed_process_acknowledged_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
