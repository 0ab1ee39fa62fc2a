/* SPDX-License-Identifier: Apache-2.0 */
/* Restored databases are, byte for byte, what the replica was grown from. */
#include "replicate/tree.h"

#include "replicate/listing.h"
#include "replicate/ltx_checksum.h"
#include "replicate/restore.h"

#include <fcntl.h>
#include <sys/stat.h>

enum { TXIDS = 12 };

static struct tree tree;

static int setup(void **state)
{
    (void)state;
    tree_init(&tree, NULL);
    for (unsigned txid = 1; txid <= TXIDS; txid++)
        tree_grow(&tree, 1 + txid * 3 % 7, txid == 6);
    tree_compact(&tree, 0, 9, 1, 5);
    tree_compact(&tree, 0, 1, 6, 8);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tree_release(&tree);
    return 0;
}

static struct restore_options options_for(enum restore_aim aim, uint64_t to, const char *directory)
{
    return (struct restore_options){
        .from = &tree.options,
        .to = directory,
        .aim = aim,
        .txid = to,
        .at_ms = (int64_t)to,
        .scratch = true,
    };
}

/* The checksum of the file, and that it holds so many submissions. */
static void expect_state(const char *directory, uint64_t txid)
{
    char path[256];
    snprintf(path, sizeof path, "%s/anteroom.db", directory);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    static unsigned char page[TREE_PAGE];
    uint64_t sum = LTX_DATABASE_EMPTY;
    uint32_t pgno = 0;
    while (fread(page, sizeof page, 1, f) == 1) {
        pgno++;
        sum = ltx_database_toggle(sum, ltx_page_checksum(pgno, page, sizeof page));
    }
    fclose(f);
    assert_int_equal(sum, tree.dbsum[txid]);
    struct trial_directory d;
    snprintf(d.path, sizeof d.path, "%s", directory);
    assert_int_equal(trial_number(&d, "SELECT count(*) FROM submission"), tree.rows[txid]);
}

static void every_point(void **state)
{
    (void)state;
    for (uint64_t txid = 1; txid <= TXIDS; txid++) {
        char to[128];
        struct why why;
        struct arena a = ARENA_INIT;
        struct restore_report report;
        struct restore_options o = options_for(RESTORE_TXID, txid, tree_target(&tree, to));
        o.scratch = txid % 4 != 0;
        o.threads = 1 + (unsigned)txid % 5;
        trial_must(restore_run(&o, &a, &report, &why), &why);
        expect_state(to, txid);
        assert_int_equal(report.txid, txid);
        assert_int_equal(report.dbsum, tree.dbsum[txid]);
        assert_int_equal(report.at_ms, 1795225800000 + (int64_t)txid * 1000);
        assert_true(report.compared);
        assert_int_equal(report.files, txid < 5 ? txid : txid < 8 ? txid - 4 : txid - 6);
        bool counted = false;
        for (size_t i = 0; i < report.database.tables_n; i++)
            if (str_eq(report.database.tables[i].name, STR("submission")))
                counted = report.database.tables[i].rows == tree.rows[txid];
        assert_true(counted);
        assert_true(report.database.events >= tree.rows[txid]);
        arena_release(&a);
    }
}

static void by_time(void **state)
{
    (void)state;
    static const struct {
        int64_t after_ms;
        uint64_t txid;
    } rows[] = {{1000, 1}, {1999, 1}, {7500, 7}, {12000, 12}, {99000, 12}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char to[128];
        struct why why;
        struct arena a = ARENA_INIT;
        struct restore_report report;
        const struct restore_options o = options_for(
            RESTORE_TIME, (uint64_t)(1795225800000 + rows[i].after_ms), tree_target(&tree, to));
        trial_must(restore_run(&o, &a, &report, &why), &why);
        assert_int_equal(report.txid, rows[i].txid);
        expect_state(to, rows[i].txid);
        arena_release(&a);
    }
}

static enum err fails(const struct restore_options *o, struct why *why)
{
    struct arena a = ARENA_INIT;
    struct restore_report report;
    char path[256];
    struct stat st;
    enum err e = restore_run(o, &a, &report, why);
    assert_int_not_equal(e, ERR_NONE);
    assert_int_not_equal(why->detail[0], '\0');
    snprintf(path, sizeof path, "%s/anteroom.db", o->to);
    assert_int_not_equal(stat(path, &st), 0);
    arena_release(&a);
    return e;
}

static void what_is_not_there(void **state)
{
    (void)state;
    char to[128];
    struct why why;
    struct restore_options o = options_for(RESTORE_TXID, TXIDS + 1, tree_target(&tree, to));
    assert_int_equal(fails(&o, &why), ERR_MISSING);
    assert_non_null(strstr(why.hint, "--txid 12"));
    o = options_for(RESTORE_TIME, 1795225800999, tree_target(&tree, to));
    assert_int_equal(fails(&o, &why), ERR_MISSING);
    o = options_for(RESTORE_LATEST, 0, tree_target(&tree, to));
    char url[160];
    snprintf(url, sizeof url, "file://%s/elsewhere", tree.replica.path);
    const struct destination_options elsewhere = {.url = str_from(url)};
    o.from = &elsewhere;
    assert_int_equal(fails(&o, &why), ERR_MISSING);
}

static void a_directory_with_something_in_it(void **state)
{
    (void)state;
    char to[128], path[256];
    struct why why;
    struct restore_options o = options_for(RESTORE_LATEST, 0, tree_target(&tree, to));
    assert_int_equal(mkdir(to, 0700), 0);
    snprintf(path, sizeof path, "%s/precious", to);
    close(open(path, O_WRONLY | O_CREAT, 0600));
    assert_int_equal(fails(&o, &why), ERR_CONFLICT);
    assert_non_null(strstr(why.detail, "precious"));
    /* somebody serves it */
    struct trial_directory served = trial_directory();
    struct store *store;
    trial_must(store_open(served.path, &store, &why), &why);
    o.to = served.path;
    struct arena a = ARENA_INIT;
    struct restore_report report;
    assert_int_equal(restore_run(&o, &a, &report, &why), ERR_CONFLICT);
    arena_release(&a);
    store_close(store);
    trial_remove(&served);
}

/* ---- files that go, and ends in the middle --------------------------------------------------- */

struct interruption {
    size_t after;     /* files */
    const char *gone; /* deleted then */
    bool done;
    unsigned notices;
};

static void interrupt(void *context, const struct restore_progress *p)
{
    struct interruption *i = context;
    if (i->done || p->files < i->after)
        return;
    i->done = true;
    tree_delete(&tree, i->gone);
}

static void notice(void *context, const struct why *why)
{
    struct interruption *i = context;
    assert_non_null(strstr(why->detail, "damaged"));
    i->notices++;
}

static void a_file_that_compaction_takes_away(void **state)
{
    (void)state;
    static const char level1[] = "ltx/1/0000000000000006-0000000000000008.ltx";
    struct tree_blob blob;
    tree_take(&tree, level1, &blob);
    tree_delete(&tree, level1);
    /* It is listed and gone when it is asked for: the raw ones are there still. */
    struct interruption i = {.after = 1, .gone = "ltx/0/0000000000000009-0000000000000009.ltx"};
    tree_put(&tree, level1, &blob);
    struct tree_blob nine;
    tree_take(&tree, i.gone, &nine);
    tree_compact(&tree, 0, 2, 9, 10);
    char to[128];
    struct why why;
    struct arena a = ARENA_INIT;
    struct restore_report report;
    struct restore_options o = options_for(RESTORE_TXID, 9, tree_target(&tree, to));
    o.threads = 1;
    o.progress = interrupt;
    o.context = &i;
    /* Only 9-10 has it now, or it was fetched ahead: then it is restored as if nothing was. */
    enum err e = restore_run(&o, &a, &report, &why);
    assert_true(e == ERR_NONE || e == ERR_MISSING);
    assert_true(i.done);
    tree_put(&tree, i.gone, &nine);
    tree_delete(&tree, "ltx/2/0000000000000009-000000000000000a.ltx");
    tree_drop(&nine);
    tree_drop(&blob);
    arena_release(&a);
}

static void a_damaged_file_is_gone_around(void **state)
{
    (void)state;
    static const char level1[] = "ltx/1/0000000000000006-0000000000000008.ltx";
    struct tree_blob blob;
    tree_take(&tree, level1, &blob);
    blob.content.ptr[blob.content.len - 1] ^= 1; /* of its checksum */
    tree_put(&tree, level1, &blob);
    struct interruption i = {0};
    char to[128];
    struct why why;
    struct arena a = ARENA_INIT;
    struct restore_report report;
    struct restore_options o = options_for(RESTORE_LATEST, 0, tree_target(&tree, to));
    o.notice = notice;
    o.context = &i;
    trial_must(restore_run(&o, &a, &report, &why), &why);
    assert_int_equal(i.notices, 1);
    assert_int_equal(report.damaged, 1);
    assert_int_equal(report.files, 1 + 7);
    expect_state(to, TXIDS);
    blob.content.ptr[blob.content.len - 1] ^= 1; /* of its checksum */
    tree_put(&tree, level1, &blob);
    tree_drop(&blob);
    arena_release(&a);
}

static void a_damaged_file_that_nothing_replaces(void **state)
{
    (void)state;
    static const char raw[] = "ltx/0/000000000000000b-000000000000000b.ltx";
    struct tree_blob blob;
    tree_take(&tree, raw, &blob);
    blob.content.ptr[blob.content.len - 1] ^= 1; /* of its checksum */
    tree_put(&tree, raw, &blob);
    char to[128];
    struct why why;
    struct restore_options o = options_for(RESTORE_LATEST, 0, tree_target(&tree, to));
    assert_int_equal(fails(&o, &why), ERR_DATA);
    assert_non_null(strstr(why.detail, raw));
    assert_non_null(strstr(why.hint, "--txid 10"));
    blob.content.ptr[blob.content.len - 1] ^= 1; /* of its checksum */
    tree_put(&tree, raw, &blob);
    tree_drop(&blob);
}

/* What an ended process leaves behind is gone on with. */
static void resumed(void **state)
{
    (void)state;
    char to[128], path[256], text[512];
    struct why why;
    struct restore_report report;
    struct arena a = ARENA_INIT;
    struct restore_options o = options_for(RESTORE_TXID, 7, tree_target(&tree, to));
    trial_must(restore_run(&o, &a, &report, &why), &why);
    char part[256];
    snprintf(path, sizeof path, "%s/anteroom.db", to);
    snprintf(part, sizeof part, "%s/anteroom.db.part", to);
    assert_int_equal(rename(path, part), 0);
    snprintf(path, sizeof path, "%s/anteroom.db.restore", to);
    int n = snprintf(text, sizeof text, "from %s\nto 12\ntxid 7\npage_size 4096\npages %u\n",
                     tree.url, report.pages);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, text, (size_t)n), n);
    close(fd);
    o = options_for(RESTORE_LATEST, 0, to);
    o.scratch = false;
    trial_must(restore_run(&o, &a, &report, &why), &why);
    assert_int_equal(report.resumed, 7);
    assert_int_equal(report.files, 5);
    expect_state(to, TXIDS);
    /* The pages are not what the state says: from the beginning, by itself. */
    snprintf(path, sizeof path, "%s/anteroom.db", to);
    assert_int_equal(rename(path, part), 0);
    fd = open(part, O_WRONLY);
    assert_int_equal(pwrite(fd, "garbage", 7, 4096 + 2000), 7);
    close(fd);
    snprintf(path, sizeof path, "%s/anteroom.db.restore", to);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, text, (size_t)n), n);
    close(fd);
    trial_must(restore_run(&o, &a, &report, &why), &why);
    assert_int_equal(report.resumed, 0);
    expect_state(to, TXIDS);
    arena_release(&a);
}

static void without_notes(void **state)
{
    (void)state;
    static const char last[] = "ltx/0/000000000000000c-000000000000000c.ltx";
    struct tree_blob blob;
    tree_take(&tree, last, &blob);
    struct destination_notes notes = blob.notes;
    blob.notes.n = 0;
    tree_put(&tree, last, &blob);
    char to[128];
    struct why why;
    struct restore_report report;
    struct arena a = ARENA_INIT;
    struct restore_options o = options_for(RESTORE_LATEST, 0, tree_target(&tree, to));
    trial_must(restore_run(&o, &a, &report, &why), &why);
    assert_false(report.compared);
    expect_state(to, TXIDS);
    blob.notes = notes;
    tree_put(&tree, last, &blob);
    tree_drop(&blob);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_point),
        cmocka_unit_test(by_time),
        cmocka_unit_test(what_is_not_there),
        cmocka_unit_test(a_directory_with_something_in_it),
        cmocka_unit_test(a_damaged_file_is_gone_around),
        cmocka_unit_test(a_damaged_file_that_nothing_replaces),
        cmocka_unit_test(resumed),
        cmocka_unit_test(without_notes),
        cmocka_unit_test(a_file_that_compaction_takes_away),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
