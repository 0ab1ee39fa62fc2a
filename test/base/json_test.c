/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "lib/expect.h"

static struct buf out;

static int setup(void **state)
{
    (void)state;
    buf_init(&out, 100000);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buf_release(&out);
    return 0;
}

static void every_shape(void **state)
{
    (void)state;
    struct json j;
    json_init(&j, &out);
    json_object(&j, NULL);
    json_str(&j, "text", STR("a\"b"));
    json_int(&j, "most", INT64_MAX);
    json_int(&j, "least", INT64_MIN);
    json_bool(&j, "yes", true);
    json_bool(&j, "no", false);
    json_null(&j, "nothing");
    json_array(&j, "list");
    json_str(&j, NULL, STR_EMPTY);
    json_array(&j, NULL);
    json_end(&j);
    json_object(&j, NULL);
    json_end(&j);
    json_int(&j, NULL, 0);
    json_end(&j);
    json_object(&j, "deeper");
    json_int(&j, "a<b", 1);
    json_end(&j);
    json_end(&j);
    assert_str(buf_view(&out), "{\"text\":\"a\\\"b\",\"most\":9223372036854775807,"
                               "\"least\":-9223372036854775808,\"yes\":true,\"no\":false,"
                               "\"nothing\":null,\"list\":[\"\",[],{},0],"
                               "\"deeper\":{\"a\\u003cb\":1}}");
}

static void escapes(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        const char *quoted;
    } rows[] = {
        {STR_INIT(""), "\"\""},
        {STR_INIT("Müller 😀"), "\"Müller 😀\""},
        {STR_INIT("\"\\/"), "\"\\\"\\\\/\""},
        {STR_INIT("\n\r\t\b"), "\"\\n\\r\\t\\u0008\""},
        {STR_INIT("\0\x1F\x7F"), "\"\\u0000\\u001f\\u007f\""},
        {STR_INIT("</script>&"), "\"\\u003c/script\\u003e\\u0026\""},
        {STR_INIT("\u2028\u2029\u202E"), "\"\\u2028\\u2029\\u202e\""},
        {STR_INIT("\U0010FFFF"), "\"\\udbff\\udfff\""},
        {STR_INIT("a\xFFz"), "\"a\uFFFDz\""},
        {STR_INIT("\xE2\x82"), "\"\uFFFD\uFFFD\""},
        {STR_INIT("\xED\xA0\x80"), "\"\uFFFD\uFFFD\uFFFD\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_clear(&out);
        json_quote(&out, rows[i].text);
        assert_str(buf_view(&out), rows[i].quoted);
    }
}

static void a_full_buffer_is_said(void **state)
{
    (void)state;
    struct buf few;
    struct json j;
    buf_init(&few, 10);
    json_init(&j, &few);
    json_str(&j, NULL, STR("0123456789"));
    assert_false(buf_ok(&few));
    buf_release(&few);
}

static void open_many(unsigned levels)
{
    struct json j;
    json_init(&j, &out);
    for (unsigned i = 0; i < levels; i++)
        json_array(&j, NULL);
}

static void two_values(void)
{
    struct json j;
    json_init(&j, &out);
    json_int(&j, NULL, 1);
    json_int(&j, NULL, 2);
}

static void wrong_key(bool in_object)
{
    struct json j;
    json_init(&j, &out);
    (in_object ? json_object : json_array)(&j, NULL);
    json_int(&j, in_object ? NULL : "key", 1);
}

static void end_nothing(void)
{
    struct json j;
    json_init(&j, &out);
    json_end(&j);
}

/* What would not be JSON does not get out. */
static void misuse_stops(void **state)
{
    (void)state;
    open_many(JSON_DEPTH_MAX);
    assert_stops(open_many(JSON_DEPTH_MAX + 1));
    assert_stops(two_values());
    assert_stops(wrong_key(true));
    assert_stops(wrong_key(false));
    assert_stops(end_nothing());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_shape, setup, teardown),
        cmocka_unit_test_setup_teardown(escapes, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_buffer_is_said, setup, teardown),
        cmocka_unit_test_setup_teardown(misuse_stops, setup, teardown),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
