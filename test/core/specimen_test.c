/* SPDX-License-Identifier: Apache-2.0 */
#include "core/specimen.h"

#include "base/utf8.h"
#include "core/workflow.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { MADE = 500 };

static void answers_are_valid(void **state)
{
    (void)state;
    struct arena words = ARENA_INIT;
    struct specimens s;
    enum status status;
    size_t owned = 0, noted = 0;
    specimens_init(&s, &words, 1);
    for (uint64_t n = 0; n < MADE; n++) {
        struct arena a = ARENA_INIT;
        struct specimen x;
        specimen_make(&s, &a, n, (double)n / MADE, &x);
        for (enum field f = 0; f < FIELD_COUNT; f++) {
            const struct field_info *info = field_info(f);
            struct str value = x.form.value[f];
            assert_true(utf8_valid(value) && !utf8_has_control(value, true));
            assert_true(value.len || !info->required);
            if (info->kind <= FIELD_PHONE)
                assert_in_range(utf8_length(value), 0, info->max);
        }
        assert_true(status_find(x.status, &status));
        assert_in_range(x.owner, 0, 12);
        owned += x.owner != 0;
        noted += x.notes_n != 0;
        arena_release(&a);
    }
    assert_in_range(owned, MADE / 2, MADE - 1);
    assert_in_range(noted, 1, MADE / 2);
    arena_release(&words);
}

static void the_same_number_is_the_same(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct specimens s, t, u;
    struct specimen x, y, z;
    specimens_init(&s, &a, 1);
    specimens_init(&t, &a, 1);
    specimens_init(&u, &a, 2);
    specimen_make(&s, &a, 77, 0.5, &x);
    specimen_make(&t, &a, 77, 0.5, &y);
    specimen_make(&u, &a, 77, 0.5, &z);
    for (enum field f = 0; f < FIELD_COUNT; f++)
        assert_true(str_eq(x.form.value[f], y.form.value[f]));
    assert_true(x.random == y.random && x.random != z.random);
    assert_false(str_eq(x.form.value[FIELD_PROJECT_SCOPE], z.form.value[FIELD_PROJECT_SCOPE]));
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_valid),
        cmocka_unit_test(the_same_number_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
