/* SPDX-License-Identifier: Apache-2.0 */
#include "web/html.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct html page;

static int setup(void **state)
{
    (void)state;
    html_init(&page, 1 << 16);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    html_release(&page);
    return 0;
}

/* What was written since the last call. */
static void expect(const char *want)
{
    assert_true(html_ok(&page));
    assert_string_equal(buf_cstring(&page.out), want);
    html_clear(&page);
}

static void escapes_text(void **state)
{
    (void)state;
    html_text(&page, STR("plain"));
    expect("plain");
    html_text(&page, STR("<script>alert(\"x\" & 'y')</script>"));
    expect("&lt;script&gt;alert(&#34;x&#34; &amp; &#39;y&#39;)&lt;/script&gt;");
    html_text(&page, STR("\" onclick=\"x"));
    expect("&#34; onclick=&#34;x");
    html_text(&page, STR("a\r\nb\tc"));
    expect("a&#13;\nb\tc");
    html_text(&page, STR("a\0b"));
    expect("a\xEF\xBF\xBD"
           "b");
    html_text(&page, STR("&amp;"));
    expect("&amp;amp;");
    html_text(&page, STR("caf\xC3\xA9 \xE2\x82\xAC"));
    expect("caf\xC3\xA9 \xE2\x82\xAC");
    html_text(&page, STR("\xFF<"));
    expect("\xFF&lt;");
    html_text(&page, STR_EMPTY);
    expect("");
    html_text(&page, (const char *)"<");
    expect("&lt;");
    html_text(&page, (const char *)NULL);
    expect("");
}

static void writes_numbers(void **state)
{
    (void)state;
    html_text(&page, (uint64_t)UINT64_MAX);
    expect("18446744073709551615");
    html_text(&page, (int64_t)INT64_MIN);
    expect("-9223372036854775808");
    html_text(&page, (size_t)0);
    expect("0");
    html_text(&page, (int64_t)-1);
    expect("-1");
    html_text(&page, (long long)7);
    expect("7");
    html_url_part(&page, (uint64_t)12);
    expect("12");
}

/* Each byte alone and between others, decoded again by the rules of WHATWG HTML. */
static void every_byte_comes_back(void **state)
{
    (void)state;
    static const struct {
        struct str name;
        char byte;
    } references[] = {
        {STR_INIT("&amp;"), '&'}, {STR_INIT("&lt;"), '<'},   {STR_INIT("&gt;"), '>'},
        {STR_INIT("&#34;"), '"'}, {STR_INIT("&#39;"), '\''}, {STR_INIT("&#13;"), '\r'},
    };
    for (int b = 1; b < 256; b++) {
        char text[3] = {'a', (char)b, 'z'};
        html_text(&page, str_of(text, 3));
        struct str out = html_view(&page);
        assert_int_equal(out.ptr[0], 'a');
        struct str middle = str_slice(out, 1, out.len - 1);
        bool plain = middle.len == 1 && middle.ptr[0] == (char)b;
        bool is_special = memchr("&<>\"'\r", b, 6) != NULL;
        assert_int_equal(plain, !is_special);
        for (size_t i = 0; i < sizeof references / sizeof references[0]; i++)
            if (references[i].byte == (char)b)
                assert_true(str_eq(middle, references[i].name));
        html_clear(&page);
    }
}

static const char *const good_urls[] = {
    "",
    "/",
    "/apply/company?from=check#email",
    "apply",
    "./a:b",
    "../a",
    "?q=a:b",
    "#email",
    "#javascript:x",
    "/a//b",
    "https://example.org/",
    "HTTPS://example.org/",
    "mailto:a@example.org",
    "tel:+491234",
    "a/b:c",
    "/caf\xC3\xA9",
};

static const char *const bad_urls[] = {
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    " javascript:alert(1)",
    "\tjavascript:alert(1)",
    "java\nscript:alert(1)",
    "java\tscript:alert(1)",
    "\001javascript:alert(1)",
    "javascript :x",
    "javascript&colon;x:",
    ":x",
    "data:text/html,<script>",
    "vbscript:x",
    "blob:x",
    "file:///etc/passwd",
    "http://example.org/",
    "//example.org/",
    "/\\example.org/",
    "\\\\example.org/",
    "/\t/example.org/",
    "\n//example.org",
    "/a b",
    "/a\x7F",
    "https\n:x",
    "httpss:x",
    "http:x",
    "\xEF\xBB\xBFjavascript:x",
};

/* Wherever it stands in a long value, and whatever is around it. */
static void every_byte_at_every_place(void **state)
{
    (void)state;
    enum { LONG = 50 };
    for (unsigned b = 0; b < 256; b++)
        for (size_t at = 0; at < LONG; at++) {
            char text[LONG] = {(char)b}, alone[8];
            html_text(&page, str_of(text, 1));
            size_t n = html_view(&page).len;
            assert_in_range(n, 1, sizeof alone);
            memcpy(alone, html_view(&page).ptr, n);
            html_clear(&page);
            memset(text, at % 2 ? 'x' : '\xBF', LONG);
            text[at] = (char)b;
            html_text(&page, str_of(text, LONG));
            struct str out = html_view(&page);
            assert_int_equal(out.len, LONG - 1 + n);
            assert_memory_equal(out.ptr, text, at);
            assert_memory_equal(out.ptr + at, alone, n);
            assert_memory_equal(out.ptr + at + n, text + at + 1, LONG - 1 - at);
            html_clear(&page);
        }
}

static void lets_safe_urls_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good_urls / sizeof good_urls[0]; i++) {
        assert_true(html_url_allowed(str_from(good_urls[i])));
        html_url(&page, good_urls[i]);
        expect(good_urls[i]);
    }
    html_url(&page, STR("/a?b=1&c='2'"));
    expect("/a?b=1&amp;c=&#39;2&#39;");
}

static void replaces_other_urls(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_urls / sizeof bad_urls[0]; i++) {
        if (html_url_allowed(str_from(bad_urls[i])))
            fail_msg("allowed: %s", bad_urls[i]);
        html_url(&page, str_from(bad_urls[i]));
        expect("#");
    }
    html_url(&page, STR("/a\0b"));
    expect("#");
}

static void encodes_parts_of_urls(void **state)
{
    (void)state;
    html_url_part(&page, STR("AZaz09-._~"));
    expect("AZaz09-._~");
    html_url_part(&page, STR("a b/c?d#e&f=g+h%i@j:k"));
    expect("a%20b%2Fc%3Fd%23e%26f%3Dg%2Bh%25i%40j%3Ak");
    html_url_part(&page, STR("\"'<>\\\0\xC3\xA9"));
    expect("%22%27%3C%3E%5C%00%C3%A9");
    html_url_part(&page, (const char *)"/");
    expect("%2F");
    html_url_address(&page, STR("a.b+c@example.org"));
    expect("a.b+c@example.org");
    html_url_address(&page, STR("+49 30 123-45"));
    expect("+4930123-45");
    html_url_address(&page, STR("a@b?bcc=c@d&x\"<"));
    expect("a@b%3Fbcc%3Dc@d%26x%22%3C");
}

static void asks_for_truth(void **state)
{
    (void)state;
    assert_true(html_true((bool)true));
    assert_false(html_true((bool)false));
    assert_true(html_true(STR("x")));
    assert_false(html_true(STR_EMPTY));
    assert_true(html_true((uint64_t)1));
    assert_false(html_true((size_t)0));
    assert_true(html_true((int64_t)-1));
    assert_true(html_true((const char *)"x"));
    assert_false(html_true((const char *)""));
    assert_false(html_true((const char *)NULL));
    assert_true(html_true((struct markup){STR("<b>")}));
    assert_false(html_true((struct markup){STR_EMPTY}));
    const struct str constant = STR("x");
    assert_true(html_true(constant));
}

static void trusts_markup_only(void **state)
{
    (void)state;
    html_markup(&page, (struct markup){STR("<b>&</b>")});
    html_raw(&page, "<i>", 3);
    expect("<b>&</b><i>");
}

static void says_when_full(void **state)
{
    (void)state;
    struct html small;
    html_init(&small, 10);
    html_text(&small, STR("12345"));
    assert_true(html_ok(&small));
    html_text(&small, STR("<<"));
    assert_false(html_ok(&small));
    html_text(&small, STR("x"));
    assert_false(html_ok(&small));
    html_clear(&small);
    assert_true(html_ok(&small));
    assert_int_equal(html_view(&small).len, 0);
    html_release(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(escapes_text, setup, teardown),
        cmocka_unit_test_setup_teardown(writes_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(every_byte_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(every_byte_at_every_place, setup, teardown),
        cmocka_unit_test_setup_teardown(lets_safe_urls_pass, setup, teardown),
        cmocka_unit_test_setup_teardown(replaces_other_urls, setup, teardown),
        cmocka_unit_test_setup_teardown(encodes_parts_of_urls, setup, teardown),
        cmocka_unit_test_setup_teardown(asks_for_truth, setup, teardown),
        cmocka_unit_test_setup_teardown(trusts_markup_only, setup, teardown),
        cmocka_unit_test_setup_teardown(says_when_full, setup, teardown),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("web/html", tests, NULL, NULL);
}
