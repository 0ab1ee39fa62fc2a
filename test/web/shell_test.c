/* SPDX-License-Identifier: Apache-2.0 */
#include "web/shell.h"

#include "config/config.h"
#include "lib/expect.h"
#include "web/request.h"
#include "web/state.h"

static void what_the_operator_configured_stands_around_a_page(void **state)
{
    (void)state;
    struct config config = {
        .brand_name = STR("Example <Consulting>"),
        .brand_contact_email = STR("hello@example.com"),
        .brand_contact_phone = STR("+49 30 1"),
    };
    static struct words words[LANGUAGE_COUNT];
    words_init(&words[LANGUAGE_EN], LANGUAGE_EN);
    config.words = words;
    config.languages = 1U << LANGUAGE_EN;
    static struct web web;
    web.config = &config;
    struct request r = {.web = &web, .language = LANGUAGE_EN};
    struct view_shell shell = {.has_errors = true}; /* of a page before */
    shell_fill(&shell, &r, STR("Your company"));
    assert_str(shell.title, "Your company");
    assert_str(shell.brand, "Example <Consulting>"); /* escaping is the template's */
    assert_str(shell.contact_email, "hello@example.com");
    assert_str(shell.contact_phone, "+49 30 1");
    assert_str(shell.lang, "en");
    assert_str(shell.dir, "ltr");
    assert_false(shell.has_errors);
    arena_release(&r.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_operator_configured_stands_around_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
