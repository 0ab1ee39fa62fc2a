/* SPDX-License-Identifier: Apache-2.0 */
/* A database that follows: by name, by the list, over what is wrong; and the lease that elects. */
#include "replicate/tree.h"

#include "base/must.h"
#include "replicate/follow.h"
#include "replicate/lease.h"
#include "replicate/ltx_checksum.h"
#include "replicate/position.h"

static struct tree tree;
static char data[128];
static struct follow *follow;

static int set_up(void **state)
{
    (void)state;
    struct why why;
    tree_init(&tree, NULL);
    trial_must(follow_open(&tree.options, tree_target(&tree, data), &follow, &why), &why);
    assert_int_equal(mkdir(data, 0700), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    follow_close(follow);
    tree_release(&tree);
    return 0;
}

static void step(bool thorough)
{
    struct why why;
    trial_must(follow_step(follow, thorough, &why), &why);
    assert_true(follow_state(follow).all);
}

/* Promoted, it is the database as it was put last. */
static void expect_taken(void)
{
    struct why why;
    char path[160];
    trial_must(follow_take(follow, &why), &why);
    snprintf(path, sizeof path, "%s/anteroom.db", data);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    static unsigned char page[TREE_PAGE];
    uint32_t n = 0;
    for (; fread(page, sizeof page, 1, f) == 1; n++)
        if (n >= tree.pages_n || memcmp(page, tree.pages[n], TREE_PAGE) != 0)
            fail_msg("page %u is another one", n + 1);
    fclose(f);
    assert_int_equal(n, tree.pages_n);
}

static void slot_by_slot(void **state)
{
    (void)state;
    struct why why;
    assert_int_equal(follow_step(follow, false, &why), ERR_MISSING);
    for (unsigned i = 1; i <= 8; i++) {
        tree_grow(&tree, i, i == 5);
        step(false);
        assert_int_equal(follow_state(follow).txid, i);
    }
    assert_int_equal(follow_state(follow).restores, 1);
    assert_int_equal(follow_state(follow).files, 7);
    expect_taken();
}

static void a_slot_that_was_merged(void **state)
{
    (void)state;
    tree_grow(&tree, 3, false);
    tree_grow(&tree, 3, false);
    step(false);
    for (unsigned i = 3; i <= 6; i++)
        tree_grow(&tree, 2, false);
    tree_compact(&tree, 0, 1, 2, 5);
    for (unsigned i = 2; i <= 5; i++) {
        char name[64];
        snprintf(name, sizeof name, "ltx/0/%016x-%016x.ltx", i, i);
        tree_delete(&tree, name);
    }
    step(false);
    assert_int_equal(follow_state(follow).txid, 2);
    step(true);
    assert_int_equal(follow_state(follow).txid, 6);
    assert_int_equal(follow_state(follow).restores, 1);
    expect_taken();
}

/* What it holds is not what the leader's was: it is restored anew. */
static void another_database(void **state)
{
    (void)state;
    struct why why;
    tree_grow(&tree, 3, false);
    step(false);
    tree_grow(&tree, 3, false);
    struct tree_blob blob;
    tree_take(&tree, "ltx/0/0000000000000002-0000000000000002.ltx", &blob);
    for (size_t i = 0; i < blob.notes.n; i++)
        if (str_eq(blob.notes.items[i].key, STR("dbsum")))
            blob.notes.items[i].value = STR("8123456789abcdef");
    struct tree_blob good;
    tree_take(&tree, "ltx/0/0000000000000002-0000000000000002.ltx", &good);
    tree_put(&tree, "ltx/0/0000000000000002-0000000000000002.ltx", &blob);
    assert_int_equal(follow_step(follow, false, &why), ERR_DATA);
    assert_non_null(strstr(why.detail, "checksum"));
    assert_int_equal(follow_state(follow).txid, 0);
    assert_int_equal(follow_take(follow, &why), ERR_DATA);
    tree_put(&tree, "ltx/0/0000000000000002-0000000000000002.ltx", &good);
    step(true);
    assert_int_equal(follow_state(follow).restores, 2);
    tree_drop(&blob);
    tree_drop(&good);
    expect_taken();
}

/* ---- a later start -------------------------------------------------------------------------- */

static void reopen(void)
{
    struct why why;
    follow_close(follow);
    trial_must(follow_open(&tree.options, data, &follow, &why), &why);
}

static void path_of(const char *name, char out[192])
{
    snprintf(out, 192, "%s/replica/%s", data, name);
}

static void it_goes_on_where_it_was(void **state)
{
    (void)state;
    tree_grow(&tree, 3, false);
    step(false);
    reopen();
    tree_grow(&tree, 3, false);
    step(false);
    assert_int_equal(follow_state(follow).txid, 2);
    assert_int_equal(follow_state(follow).restores, 0);
    reopen();
    step(true);
    assert_int_equal(follow_state(follow).restores, 0);
    expect_taken();
}

/* It ended in the middle of the next file: the position is the one before. */
static void what_was_left_half(void **state)
{
    (void)state;
    struct position before;
    struct why why;
    char note[192], file[192];
    path_of("following/position", note);
    path_of("following/anteroom.db", file);
    tree_grow(&tree, 3, false);
    step(false);
    assert_true(position_read(note, tree.options.url, &before));
    tree_grow(&tree, 3, false);
    step(false);
    trial_must(position_write(note, tree.options.url, &before, &why), &why);
    reopen();
    step(false); /* the next file is applied again, and it is whole */
    assert_int_equal(follow_state(follow).txid, 2);
    assert_int_equal(follow_state(follow).restores, 0);

    FILE *f = fopen(file, "r+b"); /* a page is another one, and nothing comes that mends it */
    assert_non_null(f);
    fseek(f, TREE_PAGE + 100, SEEK_SET);
    fputs("other", f);
    fclose(f);
    reopen();
    assert_int_equal(follow_step(follow, false, &why), ERR_DATA);
    assert_int_equal(follow_take(follow, &why), ERR_DATA);
    step(true);
    assert_int_equal(follow_state(follow).restores, 1);
    expect_taken();
}

static void a_database_that_led(void **state)
{
    (void)state;
    struct position last;
    struct why why;
    char note[192], led[192];
    bool adopted;
    path_of("following/position", note);
    path_of("position", led);
    tree_grow(&tree, 3, false);
    step(true);
    assert_true(position_read(note, tree.options.url, &last));
    expect_taken();
    reopen();
    trial_must(follow_adopt(follow, &adopted, &why), &why);
    assert_false(adopted); /* it left no position */
    last.dbsum ^= 1;
    trial_must(position_write(led, tree.options.url, &last, &why), &why);
    trial_must(follow_adopt(follow, &adopted, &why), &why);
    assert_false(adopted); /* it is not what that says */
    last.dbsum ^= 1;
    trial_must(position_write(led, tree.options.url, &last, &why), &why);
    tree_grow(&tree, 3, false);
    trial_must(follow_adopt(follow, &adopted, &why), &why);
    assert_true(adopted);
    step(true);
    assert_int_equal(follow_state(follow).txid, 2);
    assert_int_equal(follow_state(follow).restores, 0);
    expect_taken();
}

static void one_holds_the_lease(void **state)
{
    (void)state;
    struct lease *a, *b, *again;
    struct why why;
    bool there;
    char other[128];
    assert_int_equal(mkdir(tree_target(&tree, other), 0700), 0);
    trial_must(lease_open(&tree.options, data, &a, &why), &why);
    trial_must(lease_open(&tree.options, other, &b, &why), &why);
    trial_must(lease_exists(a, &there, &why), &why);
    assert_false(there);
    trial_must(lease_try(a, &why), &why);
    trial_must(lease_exists(b, &there, &why), &why);
    assert_true(there);
    assert_int_equal(lease_try(b, &why), ERR_CONFLICT);
    trial_must(lease_open(&tree.options, data, &again, &why), &why);
    trial_must(lease_try(again, &why), &why); /* the same data directory is the same holder */
    lease_keep(again);
    lease_free(again);
    trial_must(lease_try(b, &why), &why); /* given back */
    lease_free(a);
    lease_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(slot_by_slot, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_slot_that_was_merged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_database, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_goes_on_where_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_left_half, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_database_that_led, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_holds_the_lease, set_up, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
