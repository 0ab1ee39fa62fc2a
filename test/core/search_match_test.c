/* SPDX-License-Identifier: Apache-2.0 */
#include "core/search_match.h"

#include "core/search_text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct choice statuses[] = {{STR_INIT("new"), STR_INIT("New")},
                                         {STR_INIT("won"), STR_INIT("Won")}};
static const struct choice services[] = {{STR_INIT("ci_cd"), STR_INIT("")}};
static const struct search_names names = {
    .statuses = statuses, .statuses_n = 2, .services = {services, 1}, .now_ms = 1};

static void expect(const char *typed, const char *expression)
{
    struct arena a = ARENA_INIT;
    struct search_query q;
    struct buf out, shown;
    buf_init(&out, 1 << 16);
    buf_init(&shown, 1 << 16);
    search_parse(&a, &names, str_from(typed), &q);
    assert_int_equal(search_expression(&q, NULL, &out), expression[0] != '\0');
    /* Characters for private use as "^", "_" and "-", to be read. */
    for (size_t i = 0; i < out.len; i++) {
        bool private = (unsigned char)out.ptr[i] == 0xEE;
        buf_byte(&shown, private ? "^_-"[(unsigned char)out.ptr[i + 2] & 3] : out.ptr[i]);
        i += private ? 2 : 0;
    }
    if (strcmp(buf_cstring(&shown), expression) != 0)
        fail_msg("%s: %s, not %s", typed, buf_cstring(&shown), expression);
    buf_release(&out);
    buf_release(&shown);
    arena_release(&a);
}

static void expressions(void **state)
{
    (void)state;
    expect("", "");
    expect("Müller", "((\"muller\"))");
    expect("a b", "((\"a\") AND (\"b\"))");
    expect("\"O'Connor Foods\" kub*", "((\"o connor foods\") AND (\"kub\"*))");
    expect("a -b -\"c d\"", "((\"a\")) NOT (\"b\") NOT (\"c d\")");
    expect("-b", "(^a ) NOT (\"b\")");
    expect("x status:new,won service:ci",
           "((\"x\") AND (\"^snew \" OR \"^swon \") AND (\"^cci_cd \"))");
    expect("owner:none -status:new", "((\"^o0 \")) NOT \"^snew \"");
    expect("12345", "((\"12345\" OR \"^p1234 ^p2345 \"))");
    expect("+49 30 12", "((\"49 30 12\" OR \"^p4930 ^p9301 ^p3012 \"))");
    expect("00012", "((\"00012\"))");
    expect("CL-7KQ4M-X2PHM", "((\"7kq4m x2phm\"))");
    expect("\" OR 1 NEAR(", "((\"or 1 near\"))");
}

static void prefixes_are_spelled_out(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct search_query q;
    struct buf out;
    buf_init(&out, 4096);
    search_parse(&a, &names, STR("x Kub* \"cloud mig\"* \"cloud mi\"*"), &q);
    assert_true(str_eq(search_prefix(&a, &q.terms[1]), STR("kub")));
    assert_int_equal(q.terms_n, 4);
    assert_true(str_eq(search_prefix(&a, &q.terms[2]), STR("mig")));
    assert_int_equal(search_prefix(&a, &q.terms[3]).len, 0); /* too short for one */
    assert_int_equal(search_prefix(&a, &q.terms[0]).len, 0);
    const struct str instead[SEARCH_TERMS_MAX] = {[1] = STR_INIT("\"kuba\" OR \"kube\"")};
    search_expression(&q, instead, &out);
    assert_true(str_contains(buf_view(&out), STR("((\"x\") AND (\"kuba\" OR \"kube\")")));
    buf_release(&out);
    arena_release(&a);
}

/* ---- excerpts ------------------------------------------------------------------------------- */

/* The marks as brackets. */
static void expect_excerpt(const char *typed, const char *text, size_t width, const char *excerpt,
                           unsigned found)
{
    struct arena a = ARENA_INIT;
    struct search_query q;
    struct search_needles needles;
    unsigned bits;
    search_parse(&a, &names, str_from(typed), &q);
    search_needles(&a, &q, false, &needles);
    struct str got = search_excerpt(&a, &needles, str_from(text), width, &bits);
    char *shown = arena_alloc(&a, got.len + 1);
    for (size_t i = 0; i < got.len; i++)
        shown[i] = got.ptr[i] == SEARCH_MARK_BEGIN ? '['
                   : got.ptr[i] == SEARCH_MARK_END ? ']'
                                                   : got.ptr[i];
    if (strcmp(shown, excerpt) != 0 || bits != found)
        fail_msg("%s: “%s” (%x), not “%s” (%x)", typed, shown, bits, excerpt, found);
    arena_release(&a);
}

static void excerpts(void **state)
{
    (void)state;
    expect_excerpt("x", "", 100, "", 0);
    expect_excerpt("muller soehne", "Müller & Söhne", 100, "[Müller] & [Söhne]", 3);
    expect_excerpt("söhne zzz", "Müller & Söhne", 100, "Müller & [Söhne]", 1);
    expect_excerpt("-müller", "Müller & Söhne", 100, "Müller & Söhne", 0);
    expect_excerpt("kub*", "Kubernetes, kube, ku", 100, "[Kubernetes], [kube], ku", 1);
    expect_excerpt("\"a b\"", "b a. B a", 100, "b [a. B] a", 1);
    expect_excerpt("\"a b\" a", "a b a", 100, "[a b] [a]", 3);
    expect_excerpt("東京", "株式会社東京です", 100, "株式会社[東京]です", 1);
    expect_excerpt("1234567", "+49 (30) 123-45 67", 100, "+49 (30) [123-45 67]", 1);
    expect_excerpt("03012", "+49 (30) 123-45 67", 100, "+49 ([30) 12]3-45 67", 1);
    expect_excerpt("9301", "+4930123", 100, "+4[9301]23", 1);
    expect_excerpt("30 12", "30 12", 100, "[30] [12]", 3);
    expect_excerpt("CL-7KQ4M-X2PHM", "7KQ4M-X2PHM", 100, "[7KQ4M-X2PHM]", 1);
}

static void excerpts_are_cut_around_the_first(void **state)
{
    (void)state;
    const char *text = "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf";
    expect_excerpt("nichts", text, 20, "eins zwei drei vier …", 0);
    expect_excerpt("acht", text, 20, "…sieben [acht] neun zeh…", 1);
    expect_excerpt("zwölf", text, 12, "…elf [zwölf]", 1);
    expect_excerpt("ü", "ööööööööüö", 6, "ööö…", 0);
}

static void digits_and_companies(void **state)
{
    (void)state;
    char digits[8];
    struct arena a = ARENA_INIT;
    assert_int_equal(search_text_digits(STR("+49 (0)30/12 34 567"), digits, sizeof digits), 8);
    assert_memory_equal(digits, "49030123", 8);
    assert_true(str_eq(search_text_company(&a, STR("  Ångström & Söhne ")), STR("angstrom sohne")));
    assert_int_equal(search_text_extra(&a, STR("{}")).len, 0);
    assert_true(
        str_eq(search_text_extra(&a, STR("{\"a\":\"x\",\"b\":[\"y\",\"z\"],\"c\":5,\"d\":true}")),
               STR("x\ny\nz\n5")));
    assert_int_equal(search_text_extra(&a, STR("{broken")).len, 0);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions),
        cmocka_unit_test(prefixes_are_spelled_out),
        cmocka_unit_test(excerpts),
        cmocka_unit_test(excerpts_are_cut_around_the_first),
        cmocka_unit_test(digits_and_companies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
