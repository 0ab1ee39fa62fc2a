/* SPDX-License-Identifier: Apache-2.0 */
#include "core/record_change.h"

#include "lib/expect.h"

static void what_is_taken(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct record_change_asked c;
    struct why why;
    assert_int_equal(
        record_change_read(&a, STR("{\"status\":\"won\",\"owner\":7,\"revision\":3}"), &c, &why),
        ERR_NONE);
    assert_true(c.has_status && c.has_owner && c.has_revision);
    assert_int_equal(c.status, STATUS_WON);
    assert_int_equal(c.owner, 7);
    assert_int_equal(c.revision, 3);
    assert_int_equal(record_change_read(&a, STR("{\"owner\":null}"), &c, &why), ERR_NONE);
    assert_true(c.has_owner && !c.has_status && !c.has_revision);
    assert_int_equal(c.owner, 0);
    arena_release(&a);
}

static void what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *body, *detail;
    } rows[] = {
        {"", "no JSON object"},
        {"[]", "no JSON object"},
        {"{}", "nothing is to be changed"},
        {"{\"revision\":1}", "nothing is to be changed"},
        {"{\"status\":\"done\"}", "no such status"},
        {"{\"status\":7}", "no such status"},
        {"{\"status\":\"won\",\"status\":\"new\"}", "twice"},
        {"{\"owner\":-1}", "owner:"},
        {"{\"owner\":1.5}", "owner:"},
        {"{\"owner\":\"7\"}", "owner:"},
        {"{\"owner\":18446744073709551615}", "owner:"},
        {"{\"owner\":1,\"revision\":\"1\"}", "revision:"},
        {"{\"owner\":1,\"colour\":\"blue\"}", "colour: there is no such field"},
    };
    struct arena a = ARENA_INIT;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct record_change_asked c;
        struct why why = {0};
        assert_int_equal(record_change_read(&a, str_from(rows[i].body), &c, &why), ERR_INPUT);
        if (!strstr(why.detail, rows[i].detail))
            fail_msg("%s: %s", rows[i].body, why.detail);
    }
    arena_release(&a);
}

static void notes(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct str text;
    struct why why;
    assert_int_equal(note_read(&a, STR("{\"text\":\"a\\nb\"}"), &text, &why), ERR_NONE);
    assert_str(text, "a\nb");
    static const char *const wrong[] = {
        "", "{}", "{\"text\":7}", "{\"text\":\"\"}", "{\"text\":\"a\",\"more\":1}", "\"a\""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(note_read(&a, str_from(wrong[i]), &text, &why), ERR_INPUT);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(notes),
    };
    return cmocka_run_group_tests_name("record_change", tests, NULL, NULL);
}
