/* SPDX-License-Identifier: Apache-2.0 */
#include "config/option.h"

#include "config/check.h"
#include "lib/expect.h"

/* Every row: its default is right, its names lead back to it, its limits and example are right. */
static void every_row_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *o = &options[i];
        char path[OPTION_PATH_MAX], variable[2 * OPTION_PATH_MAX];
        struct config config = {0};
        struct option_problem problem;
        assert_ptr_equal(option_find(option_path(o->section, o->key, path)), o);
        assert_true(str_starts(option_variable(o, variable), STR("ANTEROOM_")));
        assert_true(option_set(o, str_from(option_fallback(o)), &config, &problem));
        if (o->example)
            assert_true(option_set(o, str_from(o->example), &config, &problem));
        if (o->kind != OPTION_KIND_STR && o->kind != OPTION_KIND_BOOL) {
            assert_true(option_set(o, str_from(o->least), &config, &problem));
            assert_true(option_set(o, str_from(o->most), &config, &problem));
        }
        assert_true(str_ends(str_from(o->about), STR(".")));
        bool has_section = false;
        for (size_t k = 0; k < option_sections_n; k++)
            has_section |= strcmp(option_sections[k].name, o->section) == 0;
        assert_true(has_section);
        config_release(&config);
    }
}

static void names(void **state)
{
    (void)state;
    char path[OPTION_PATH_MAX], variable[2 * OPTION_PATH_MAX];
    const struct option *o = &options[OPTION_server_tls_certificate_file];
    assert_str(option_path(o->section, o->key, path), "server.tls.certificate_file");
    assert_str(option_path("server_tls", NULL, path), "server.tls");
    assert_str(option_variable(o, variable), "ANTEROOM_SERVER__TLS__CERTIFICATE_FILE");
    assert_null(option_find(STR("server.tls")));
    assert_null(option_find(STR("")));
    assert_null(option_find(STR("Server.listen")));
}

static void times_and_sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t time, size; /* -1: not one */
    } rows[] = {
        {"0s", 0, -1},
        {"500ms", 500, -1},
        {"30s", 30000, -1},
        {"30 s", 30000, -1},
        {"5m", 300000, -1},
        {"2h", 7200000, -1},
        {"7d", 604800000, -1},
        {"512 B", -1, 512},
        {"512B", -1, 512},
        {"256 KiB", -1, 262144},
        {"16 MiB", -1, 16777216},
        {"2 GiB", -1, 2147483648},
        {"", -1, -1},
        {"30", -1, -1},
        {"s", -1, -1},
        {"-1s", -1, -1},
        {"1.5h", -1, -1},
        {"1h30m", -1, -1},
        {"30  s", -1, -1},
        {"30 S", -1, -1},
        {" 30s", -1, -1},
        {"30s ", -1, -1},
        {"1 kb", -1, -1},
        {"1 KB", -1, -1},
        {"9223372036854775807ms", INT64_MAX, -1},
        {"9223372036854775807s", -1, -1},
        {"9223372036854775808ms", -1, -1},
        {"99999999999999999999d", -1, -1},
        {"9223372036854775807 GiB", -1, -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t time = -1, size = -1;
        option_parse_time(str_from(rows[i].text), &time);
        option_parse_size(str_from(rows[i].text), &size);
        if (rows[i].time >= 0 || rows[i].size >= 0) {
            assert_int_equal(time, rows[i].time);
            assert_int_equal(size, rows[i].size);
        }
        assert_int_equal(option_parse_time(str_from(rows[i].text), &time), rows[i].time >= 0);
        assert_int_equal(option_parse_size(str_from(rows[i].text), &size), rows[i].size >= 0);
    }
}

/* What each kind refuses, in words. The row is the nearest real one. */
static void refused_values(void **state)
{
    (void)state;
    static const struct {
        enum option_id id;
        struct str text;
        const char *detail;
    } rows[] = {
        {OPTION_server_loops, STR_INIT("two"), "“two” is not a whole number"},
        {OPTION_server_loops, STR_INIT("-1"), "“-1” is not a whole number"},
        {OPTION_server_loops, STR_INIT("1.0"), "“1.0” is not a whole number"},
        {OPTION_server_loops, STR_INIT(""), "a value is missing"},
        {OPTION_server_loops, STR_INIT("65"), "65 is too much: at most 64"},
        {OPTION_limits_writer_group, STR_INIT("0"), "0 is too little: at least 1"},
        {OPTION_limits_body_size, STR_INIT("256"), "“256” is not a size"},
        {OPTION_limits_body_size, STR_INIT("1 KiB"), "1 KiB is too little: at least 128 KiB"},
        {OPTION_limits_idle_time, STR_INIT("60"), "“60” is not a time"},
        {OPTION_limits_idle_time, STR_INIT("2h"), "2h is too much: at most 1h"},
        {OPTION_telemetry_log_level, STR_INIT("INFO"),
         "“INFO” is not one of debug, info, warn or error"},
        {OPTION_brand_name, STR_INIT(" "), "it may not be empty"},
        {OPTION_brand_name, STR_INIT("a\nb"), "the text holds a control character"},
        {OPTION_brand_name, STR_INIT("\xFF"), "the text is not UTF-8"},
        {OPTION_brand_name,
         STR_INIT("0123456789012345678901234567890123456789012345678901234567890"),
         "the text is too long: at most 60 characters"},
        {OPTION_form_consent_version, /* 30 characters that composing makes 60 */
         STR_INIT("\u0958\u0958\u0958\u0958\u0958\u0958\u0958\u0958\u0958\u0958"
                  "\u0958\u0958\u0958\u0958\u0958\u0958\u0958\u0958\u0958\u0958"
                  "\u0958\u0958\u0958\u0958\u0958\u0958\u0958\u0958\u0958\u0958"),
         "the text is too long: at most 40 characters"},
        {OPTION_data_directory, STR_INIT("~/data"), "“~/data” begins with “~”, which only a"},
        {OPTION_data_directory, STR_INIT("data "), "begins or ends with white space"},
        {OPTION_brand_contact_email, STR_INIT("hello"), "is not an email address"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct config config = {0};
        struct option_problem problem;
        assert_false(option_set(&options[rows[i].id], rows[i].text, &config, &problem));
        assert_contains(problem.detail, rows[i].detail);
        config_release(&config);
    }
}

/* The kind that no option has at the moment. */
static void a_switch(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int value; /* -1: refused */
    } rows[] = {{"true", 1},  {"false", 0}, {"yes", -1}, {"on", -1},
                {"True", -1}, {"1", -1},    {"", -1}};
    /* Memory without a declared type takes a bool where an int64_t would stand. */
    const struct option row = {.kind = OPTION_KIND_BOOL,
                               .section = "a",
                               .key = "b",
                               .offset = offsetof(struct config, server_loops)};
    struct config *config = calloc(1, sizeof *config);
    assert_non_null(config);
    const bool *member = (const bool *)((const char *)config + row.offset);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct option_problem problem;
        bool right = option_set(&row, str_from(rows[i].text), config, &problem);
        assert_int_equal(right, rows[i].value >= 0);
        if (right)
            assert_int_equal(*member, rows[i].value);
    }
    free(config);
}

static void texts_are_composed_and_end_in_nul(void **state)
{
    (void)state;
    struct config config = {0};
    struct option_problem problem;
    assert_true(
        option_set(&options[OPTION_brand_name], str_of("Mu\u0308ller!", 8), &config, &problem));
    assert_string_equal(config.brand_name.ptr, "M\u00FCller");
    config_release(&config);
}

static void addresses(void **state)
{
    (void)state;
    static const char *const right[] = {
        "localhost:8443", "LOCALHOST:1",    ":443",     "*:443",
        "0.0.0.0:65535",  "192.0.2.7:8443", "[::]:443", "[2001:db8::7]:8443",
    };
    static const char *const wrong[] = {
        "",
        "8443",
        "localhost",
        "localhost:",
        "localhost:0",
        "localhost:65536",
        "localhost:http",
        "example.com:443",
        "::1:443",
        "[::1]",
        "[::1:443",
        "[192.0.2.7]:443",
        "192.0.2:443",
        "192.0.2.256:443",
        "[]:443",
        "localhost:8443 ",
        "https://localhost:8443",
        "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:443",
    };
    struct option_problem problem;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_true(check_address(str_from(right[i]), &problem));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(check_address(str_from(wrong[i]), &problem));
}

static void urls_and_emails(void **state)
{
    (void)state;
    static const char *const right[] = {
        "https://example.com", "https://example.com/", "https://a-b.example.com:8443",
        "https://localhost",   "https://192.0.2.7",    "https://[2001:db8::7]",
        "https://[::1]:8443/",
    };
    static const char *const wrong[] = {
        "",
        "https://",
        "https:///",
        "http://example.com",
        "example.com",
        "HTTPS://example.com",
        "https://example.com/form",
        "https://example.com?x",
        "https://user@example.com",
        "https://example.com:",
        "https://example.com:x",
        "https://exa mple.com",
        "https://.com",
        "https://a..b",
        "https://[::1",
        "https://[::1]x",
        "https://[example]",
        "https://a\"b",
    };
    static const char *const emails[] = {"a@example.com", "first.last+tag@sub.example.org"};
    static const char *const not_emails[] = {
        "a",
        "@example.com",
        "a@",
        "a@localhost",
        "a@example.com.",
        "a b@example.com",
        "A <a@example.com>",
        "a@b@example.com",
        "a@.com",
    };
    struct option_problem problem;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_true(check_https_url(str_from(right[i]), &problem));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(check_https_url(str_from(wrong[i]), &problem));
    for (size_t i = 0; i < sizeof emails / sizeof *emails; i++)
        assert_true(check_email(str_from(emails[i]), &problem));
    for (size_t i = 0; i < sizeof not_emails / sizeof *not_emails; i++)
        assert_false(check_email(str_from(not_emails[i]), &problem));
}

static void rates_and_networks(void **state)
{
    (void)state;
    int64_t count, milliseconds;
    assert_true(option_parse_rate(STR("60/1m"), &count, &milliseconds));
    assert_int_equal(count, 60);
    assert_int_equal(milliseconds, 60000);
    assert_true(option_parse_rate(STR("1000000/24h"), &count, &milliseconds));
    assert_true(option_parse_rate(STR("0"), &count, &milliseconds));
    assert_int_equal(count, 0);
    static const char *const wrong[] = {"",      "60",    "60/",    "60/m",    "/1m",
                                        "-1/1m", "0/1m",  "6/25h",  "6/999ms", "1000001/1m",
                                        "6/0s",  "6 /1m", "6/1m/1", "six/1m"};
    struct option_problem problem;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(check_rate(str_from(wrong[i]), &problem));
        assert_contains(problem.detail, "is not a rate");
    }
    assert_true(check_networks(STR("10.0.0.0/8, 2001:db8::1"), &problem));
    assert_false(check_networks(STR("10.0.0.0/8, proxy.example.com"), &problem));
    assert_contains(problem.detail, "“proxy.example.com” is not an address or a network");
    assert_false(check_networks(STR("10.0.0.1/8"), &problem));
    char many[200] = "10.0.0.1";
    for (size_t n = strlen(many); n < strlen("10.0.0.1") + 32 * strlen(",::1"); n += strlen(",::1"))
        memcpy(many + n, ",::1", 5);
    assert_false(check_networks(str_from(many), &problem));
    assert_contains(problem.detail, "one network too many");
}

static void shown_texts(void **state)
{
    (void)state;
    char out[OPTION_SHOWN_MAX];
    assert_string_equal(option_shown(STR("a\033[31m\xFF\n"), out), "a?[31m??");
    assert_string_equal(option_shown(STR_EMPTY, out), "");
    const char *cut = option_shown(STR("012345678901234567890123456789012345678901234567890123456"
                                       "78é9"),
                                   out);
    assert_string_equal(cut, "01234567890123456789012345678901234567890123456789012345678…");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_sound), cmocka_unit_test(names),
        cmocka_unit_test(times_and_sizes),    cmocka_unit_test(refused_values),
        cmocka_unit_test(a_switch),           cmocka_unit_test(texts_are_composed_and_end_in_nul),
        cmocka_unit_test(addresses),          cmocka_unit_test(urls_and_emails),
        cmocka_unit_test(rates_and_networks), cmocka_unit_test(shown_texts),
    };
    return cmocka_run_group_tests_name("option", tests, NULL, NULL);
}
