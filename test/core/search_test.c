/* SPDX-License-Identifier: Apache-2.0 */
#include "core/search.h"

#include "core/search_match.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct choice statuses[] = {{STR_INIT("new"), STR_INIT("New")},
                                         {STR_INIT("contacted"), STR_INIT("In contact")},
                                         {STR_INIT("won"), STR_INIT("Won")}};
static const struct choice services[] = {{STR_INIT("devops"), STR_INIT("DevOps")},
                                         {STR_INIT("ci_cd"), STR_INIT("Pipelines")},
                                         {STR_INIT("cloud_migration"), STR_INIT("Umzug")},
                                         {STR_INIT("cloud_architecture"), STR_INIT("Plan")}};
static const struct search_owner owners[] = {
    {7, STR_INIT("ada"), STR_INIT("Ada Lovelace")},
    {8, STR_INIT("ünal"), STR_INIT("Zoë Ünal")},
    {9, STR_INIT("alan"), STR_INIT("Alan Turing")},
};

/* 2026-11-21T12:00:00Z */
enum { NOON_S = 1795262400 };

static const struct search_names names = {
    .statuses = statuses,
    .statuses_n = 3,
    .owners = owners,
    .owners_n = 3,
    .services = {services, 4},
    .me = 7,
    .now_ms = INT64_C(1000) * NOON_S,
};

static const char *const codes[SEARCH_TOLD_CODES] = {
    [SEARCH_TOLD_STATUS] = "status",   [SEARCH_TOLD_OWNER] = "owner",
    [SEARCH_TOLD_SERVICE] = "service", [SEARCH_TOLD_DATE] = "date",
    [SEARCH_TOLD_EMPTY] = "empty",     [SEARCH_TOLD_SHORT] = "short",
    [SEARCH_TOLD_LONG] = "long",       [SEARCH_TOLD_MANY] = "many",
    [SEARCH_TOLD_ID] = "id",
};

/* Typed, as it is written back, and what is told: "code part; code part". */
static void expect_told(const char *typed, const char *written, const char *told)
{
    struct arena a = ARENA_INIT;
    struct search_query q, again;
    struct buf out;
    buf_init(&out, 4096);
    search_parse(&a, &names, str_from(typed), &q);
    struct str text = search_write(&a, &q);
    if (!str_eq(text, str_from(written)))
        fail_msg("%s: read as “%.*s”, not “%s”", typed, STR_ARG(text), written);
    for (size_t i = 0; i < q.told_n; i++)
        buf_fmt(&out, "%s%s %.*s", i ? "; " : "", codes[q.told[i].code], STR_ARG(q.told[i].part));
    if (strcmp(buf_cstring(&out), told) != 0)
        fail_msg("%s: told “%s”, not “%s”", typed, buf_cstring(&out), told);
    search_parse(&a, &names, text, &again);
    struct str second = search_write(&a, &again);
    if (!str_eq(text, second))
        fail_msg("%s: “%.*s” becomes “%.*s”", typed, STR_ARG(text), STR_ARG(second));
    assert_int_equal(again.told_n, 0);
    buf_release(&out);
    arena_release(&a);
}

static void expect(const char *typed, const char *written)
{
    expect_told(typed, written, "");
}

static void words_and_phrases(void **state)
{
    (void)state;
    expect("", "");
    expect("  \t ", "");
    expect("acme", "acme");
    expect("Acme  GmbH acme Acme", "Acme GmbH acme");
    expect("\"cloud migration\"", "\"cloud migration\"");
    expect("“cloud migration”", "\"cloud migration\"");
    expect("\"one\"", "one");
    expect("\"not closed", "\"not closed\"");
    expect("a\"b c\"d", "a \"b c\" d");
    expect("-spam -\"two words\"", "-spam -\"two words\"");
    expect("kube* \"cloud mig\"*", "kube* \"cloud mig\"*");
    expect("-kube*", "-kube*");
    expect("o'connor ci/cd jo.doe@x.example", "\"o'connor\" \"ci/cd\" \"jo.doe@x.example\"");
    expect("a - b", "a b");
    expect("--x", "-\"-x\"");
    expect("https://x.example:8443/y", "\"https://x.example:8443/y\"");
    expect("foo:bar", "\"foo:bar\"");
    expect("株式会社 会", "\"株式会社\" 会");
    expect("AND OR NOT NEAR", "AND OR NOT NEAR");
}

static void what_is_nothing_is_told(void **state)
{
    (void)state;
    expect_told("\"\" x", "x", "empty \"\"");
    expect_told("* x", "x", "empty *");
    expect_told("a* b", "a b", "short a*");
    expect_told("ab* 会*", "ab 会*", "short ab*");
    expect("? ! ,", "");
    expect_told("status: x", "x", "empty status:");
}

static void numbers(void **state)
{
    (void)state;
    expect("123", "\"123\"");
    expect("1234", "1234");
    expect("+49 30 1234567", "\"+49 30 1234567\"");
    expect("\"+49 30 1234567\" 89", "\"+49 30 1234567\" \"89\"");
    expect("0123 status:new 4567", "\"0123\" 4567 status:new");
    expect("(030) 123-4567 Berlin", "\"(030) 123-4567\" Berlin");
    expect("030/123 45 67", "\"030/123 45 67\"");
    expect("12 10115 Berlin", "\"12\" 10115 Berlin");
    expect("-01067", "-\"01067\"");
    expect("٠١٢٣٤", "\"01234\"");
    expect("123456789012345678901234567890", "\"123456789012345678901234567890\"");
}

static void client_ids(void **state)
{
    (void)state;
    expect("CL-7KQ4M-X2PHM", "CL-7KQ4M-X2PHM");
    expect("cl 7kq4m x2phm", "CL-7KQ4M-X2PHM");
    expect("7kq4mx2phm acme", "CL-7KQ4M-X2PHM acme");
    expect("7kq4m x2phm", "CL-7KQ4M-X2PHM");
    expect("-CL7KQ4MX2PHM", "-CL-7KQ4M-X2PHM");
    expect_told("CL-7KQ4M-X2PHN", "CL-7KQ4M-X2PHM", "id CL-7KQ4M-X2PHN");
    expect_told("cl 7kq4m x2phn", "CL-7KQ4M-X2PHM", "id cl 7kq4m x2phn");
    expect("x2phm", "\"x2phm\"");
    expect("\"7kq4m\" \"x2phm\"", "\"7kq4m\" \"x2phm\"");
    expect("kubernetes monitoring", "kubernetes monitoring"); /* ten letters each */
    expect("7KQ4M-X2ABC", "\"7KQ4M-X2ABC\"");
}

static void filters(void **state)
{
    (void)state;
    expect("status:new", "status:new");
    expect("STATUS:New,won x", "x status:new status:won");
    expect("status:\"in contact\" -status:w", "status:contacted -status:won");
    expect("owner:me owner:alan owner:none", "owner:ada owner:alan owner:none");
    expect("owner:lovelace owner:\"zoe unal\"", "owner:ada owner:ünal");
    expect("service:pipelines service:ci service:cloud-m", "service:ci_cd service:cloud_migration");
    expect_told("status:lost x", "x", "status lost");
    expect_told("service:cloud", "", "service cloud");
    expect_told("owner:a owner:bob", "", "owner a; owner bob");
    expect("status:new status:new", "status:new");
}

static void filters_of_a_page(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct search_query q;
    search_parse(&a, &names, STR("acme"), &q);
    assert_true(search_filter(&a, &names, STR("status"), STR("won"), &q));
    assert_true(search_filter(&a, &names, STR("owner"), STR(""), &q));
    assert_true(search_filter(&a, &names, STR("from"), STR("2026-11"), &q));
    assert_false(search_filter(&a, &names, STR("sort"), STR("x"), &q));
    assert_true(str_eq(search_write(&a, &q), STR("acme status:won from:2026-11")));
    assert_false(search_is_empty(&q));
    assert_int_equal(q.told_n, 0);
    assert_true(search_filter(&a, &names, STR("status"), STR("gone"), &q));
    assert_int_equal(q.told_n, 1);
    arena_release(&a);
}

static void expect_dates(const char *typed, int64_t from_s, int64_t to_s)
{
    struct arena a = ARENA_INIT;
    struct search_query q;
    search_parse(&a, &names, str_from(typed), &q);
    if (q.from_ms != from_s * 1000 || q.to_ms != to_s * 1000)
        fail_msg("%s: %lld to %lld", typed, (long long)q.from_ms / 1000, (long long)q.to_ms / 1000);
    arena_release(&a);
}

static void dates(void **state)
{
    (void)state;
    enum { DAY = 86400, TODAY = NOON_S - DAY / 2 };
    expect_dates("from:today", TODAY, 0);
    expect_dates("to:today", 0, TODAY + DAY);
    expect_dates("from:yesterday to:yesterday", TODAY - DAY, TODAY);
    expect_dates("from:7d", TODAY - 7 * DAY, 0);
    expect_dates("from:2w to:1D", TODAY - 14 * DAY, TODAY);
    expect_dates("from:2026-11-21 to:2026-11-21", TODAY, TODAY + DAY);
    expect_dates("from:2026-11", TODAY - 20 * DAY, 0);
    expect_dates("to:2026-11", 0, TODAY + 10 * DAY);
    expect_dates("from:2026 to:2026", 1767225600, 1798761600);
    expect_dates("from:2024-02-29", 1709164800, 0);
    expect_dates("to:2000-12", 0, 978307200);
    expect("from:7d to:today", "from:7d to:today");
    expect_told("from:2023-02-29 to:soon", "", "date 2023-02-29; date soon");
    expect_told("from:2026-13 from:1 from:d from:-3d from:99999d", "",
                "date 2026-13; date 1; date d; date -3d; date 99999d");
}

static void limits(void **state)
{
    (void)state;
    char typed[4000];
    size_t n = 0;
    for (int i = 0; i < 26; i++)
        n += (size_t)snprintf(typed + n, sizeof typed - n, "word%c ", 'a' + i);
    expect_told(typed, "worda wordb wordc wordd worde wordf wordg wordh wordi wordj wordk wordl",
                "many wordm");
    memset(typed, 'x', sizeof typed);
    typed[sizeof typed - 1] = '\0';
    struct arena a = ARENA_INIT;
    struct search_query q;
    search_parse(&a, &names, str_from(typed), &q);
    assert_int_equal(q.told_n, 1);
    assert_int_equal(q.told[0].code, SEARCH_TOLD_LONG);
    assert_int_equal(q.terms[0].text.len, SEARCH_TYPED_MAX);
    arena_release(&a);
    expect_told("\"1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7\"", "",
                "many \"1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_phrases),
        cmocka_unit_test(what_is_nothing_is_told),
        cmocka_unit_test(numbers),
        cmocka_unit_test(client_ids),
        cmocka_unit_test(filters),
        cmocka_unit_test(filters_of_a_page),
        cmocka_unit_test(dates),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
