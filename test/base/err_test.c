/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include "lib/expect.h"

#include <errno.h>

static void filling(void **state)
{
    (void)state;
    struct why why;
    char text[600];
    memset(&why, 'x', sizeof why);
    assert_int_equal(err_set(&why, ERR_IO, "open the file", "%s: %d", "a", 1), ERR_IO);
    assert_string_equal(why.op, "open the file");
    assert_string_equal(why.detail, "a: 1");
    assert_string_equal(why.hint, "");
    err_text(&why, text, sizeof text);
    assert_string_equal(text, "cannot open the file: a: 1.");
    err_hint(&why, "Try %s.", "again");
    err_text(&why, text, sizeof text);
    assert_string_equal(text, "cannot open the file: a: 1. Try again.");
    char few[8];
    err_text(&why, few, sizeof few);
    assert_string_equal(few, "cannot ");
}

static void nobody_asks_why(void **state)
{
    (void)state;
    assert_int_equal(err_set(NULL, ERR_DATA, "x", "y"), ERR_DATA);
    err_hint(NULL, "z");
}

static void texts_are_cut(void **state)
{
    (void)state;
    struct why why;
    err_set(&why, ERR_IO, "0123456789012345678901234567890123456789012345678901234567890123456789",
            "%300d", 1);
    err_hint(&why, "%300d", 1);
    assert_int_equal(strlen(why.op), sizeof why.op - 1);
    assert_int_equal(strlen(why.detail), sizeof why.detail - 1);
    assert_int_equal(strlen(why.hint), sizeof why.hint - 1);
}

/* Every kind has its row, and the rows make sense together. */
static void the_table_is_whole(void **state)
{
    (void)state;
    for (enum err kind = ERR_NONE; kind < ERR_COUNT; kind++) {
        assert_non_null(err_name(kind));
        for (enum err other = ERR_NONE; other < kind; other++)
            assert_string_not_equal(err_name(kind), err_name(other));
        assert_in_range((uintmax_t)err_http_status(kind), kind ? 400 : 200, 599);
        assert_in_range((uintmax_t)err_exit_code(kind), kind ? 1 : 0, 5);
        if (err_is_temporary(kind))
            assert_int_equal(err_http_status(kind), 503);
    }
    assert_int_equal(err_exit_code(ERR_CONFIG), 3);
    assert_int_equal(err_exit_code(ERR_USAGE), 2);
}

static void system_errors(void **state)
{
    (void)state;
    assert_string_equal(err_errno(ENOENT), "No such file or directory");
    assert_string_equal(err_errno(99999), "unknown system error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filling),       cmocka_unit_test(nobody_asks_why),
        cmocka_unit_test(texts_are_cut), cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(system_errors),
    };
    return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
