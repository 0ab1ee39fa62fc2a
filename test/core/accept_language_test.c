/* SPDX-License-Identifier: Apache-2.0 */
#include "core/accept_language.h"

#include "core/plural.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct str codes[] = {STR_INIT("en"), STR_INIT("ar"), STR_INIT("de"),
                                   STR_INIT("pt-BR")};
enum { EN, AR, DE, PT, CODES, ALL = 15 };

static void negotiation(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        unsigned offered, chosen;
    } rows[] = {
        {"", ALL, EN},
        {"de", ALL, DE},
        {"DE", ALL, DE},
        {"de-CH-1996", ALL, DE},
        {"de-x-private", ALL, DE},
        {"fr, de;q=0.5", ALL, DE},
        {"fr", ALL, EN},
        {"ar;q=0.8, de;q=0.9", ALL, DE},
        {"ar , de", ALL, AR}, /* the same quality: the earlier place */
        {"de;q=0.3, ar;q=0.3", ALL, DE},
        {"de;q=0, *", ALL, EN},
        {"de;q=0, ar;q=0.1", ALL, AR},
        {"de;q=0", ALL, EN},
        {"de-CH;q=0, de", ALL, DE},
        {"*", ALL, EN},
        {"*;q=0.5, ar;q=0.6", ALL, AR},
        {"ar;q=0.4, *;q=0.5", ALL, EN},
        {"pt", ALL, EN}, /* lookup shortens the range, never our code */
        {"pt-BR", ALL, PT},
        {"pt-br-abc", ALL, PT},
        {"de", 1U << EN | 1U << AR, EN}, /* not offered */
        {"de, ar;q=0.1", 1U << EN | 1U << AR, AR},
        /* of another shape: passed over */
        {"de;q=2, ar;q=0.1", ALL, AR},
        {"de;q=0.1234, ar;q=0.1", ALL, AR},
        {"de;q=1.001, ar;q=0.1", ALL, AR},
        {"de;level=1, ar;q=0.1", ALL, AR},
        {"de;q=, ar;q=0.1", ALL, AR},
        {"d_e, ar;q=0.1", ALL, AR},
        {"-de, ar;q=0.1", ALL, AR},
        {"de-, ar;q=0.1", ALL, AR},
        {"1de, ar;q=0.1", ALL, AR},
        {"verylongsubtag, ar;q=0.1", ALL, AR},
        {",,;,ar", ALL, AR},
        {"de ; q=0.9 , ar", ALL, AR},
        {"de;q=1., ar;q=0.1", ALL, DE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned got = accept_language(str_from(rows[i].header), codes, CODES, rows[i].offered, EN);
        if (got != rows[i].chosen)
            fail_msg("%s: %u, not %u", rows[i].header, got, rows[i].chosen);
    }
}

static void only_so_many_are_looked_at(void **state)
{
    (void)state;
    char header[4 * (ACCEPT_LANGUAGE_MAX + 1) + 1];
    for (int i = 0; i <= ACCEPT_LANGUAGE_MAX; i++)
        memcpy(header + 4 * i, i == ACCEPT_LANGUAGE_MAX ? "de, " : "fr, ", 4);
    assert_int_equal(accept_language(str_of(header, sizeof header - 1), codes, CODES, ALL, EN), EN);
    assert_int_equal(accept_language(str_of(header + 4, sizeof header - 5), codes, CODES, ALL, EN),
                     DE);
}

/* The samples of CLDR's "Language Plural Rules" chart. */
static void plural_forms(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        uint64_t n;
        enum plural form;
    } rows[] = {
        {"en", 0, PLURAL_OTHER}, {"en", 1, PLURAL_ONE},     {"en", 2, PLURAL_OTHER},
        {"de", 1, PLURAL_ONE},   {"de", 21, PLURAL_OTHER},  {"ar", 0, PLURAL_ZERO},
        {"ar", 1, PLURAL_ONE},   {"ar", 2, PLURAL_TWO},     {"ar", 3, PLURAL_FEW},
        {"ar", 10, PLURAL_FEW},  {"ar", 11, PLURAL_MANY},   {"ar", 26, PLURAL_MANY},
        {"ar", 99, PLURAL_MANY}, {"ar", 100, PLURAL_OTHER}, {"ar", 102, PLURAL_OTHER},
        {"ar", 103, PLURAL_FEW}, {"ar", 111, PLURAL_MANY},  {"ar", 1000, PLURAL_OTHER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct plural_rule *rule = plural_find(str_from(rows[i].code));
        assert_non_null(rule);
        assert_int_equal(rule->choose(rows[i].n), rows[i].form);
        assert_true(rule->has & (1U << rows[i].form));
    }
    assert_null(plural_find(STR("xx")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(negotiation),
        cmocka_unit_test(only_so_many_are_looked_at),
        cmocka_unit_test(plural_forms),
    };
    return cmocka_run_group_tests_name("accept_language", tests, NULL, NULL);
}
