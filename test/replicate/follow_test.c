/* SPDX-License-Identifier: Apache-2.0 */
/* A database that follows: by name, by the list, over what is wrong; and the lease that elects. */
#include "replicate/tree.h"

#include "base/must.h"
#include "replicate/follow.h"
#include "replicate/lease.h"
#include "replicate/ltx_checksum.h"

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
        cmocka_unit_test_setup_teardown(one_holds_the_lease, set_up, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
