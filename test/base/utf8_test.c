/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include "lib/expect.h"

static struct arena arena;

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static size_t encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)((0xF00u >> n & 0xF0) | code);
    return n;
}

/* Every code point there is, and what its neighbours in length would make of it. */
static void every_code_point(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 0x120000; code++) {
        char text[4];
        uint32_t got;
        size_t n = encode(code, text);
        bool real = code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF);
        assert_int_equal(utf8_valid(str_of(text, n)), real);
        if (!real)
            continue;
        assert_int_equal(utf8_decode(str_of(text, n), 0, &got), n);
        assert_int_equal(got, code);
        assert_int_equal(utf8_length(str_of(text, n)), 1);
        for (size_t cut = 1; cut < n; cut++)
            assert_false(utf8_valid(str_of(text, cut)));
    }
}

static void malformed(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xE0\x9F\xBF",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFE",
        "\xFF",
        "\xC3(",
        "\xE2\x82(",
        "\xF0\x9F\x98(",
        "a\xC3",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(utf8_valid(str_from(wrong[i])));
        uint32_t code;
        if (wrong[i][0] == 'a')
            continue;
        assert_int_equal(utf8_decode(str_from(wrong[i]), 0, &code), 0);
        assert_int_equal(code, 0xFFFD);
    }
    uint32_t code;
    assert_int_equal(utf8_decode(STR("a"), 1, &code), 0);
    assert_true(utf8_valid(STR_EMPTY));
    assert_true(utf8_valid(STR("a\0b"))); /* NUL is well-formed; it is a control character */
}

static void lengths(void **state)
{
    (void)state;
    assert_int_equal(utf8_length(STR_EMPTY), 0);
    assert_int_equal(utf8_length(STR("Müller")), 6);
    assert_int_equal(utf8_length(STR("東京 😀")), 4);
}

/* From the Unicode normalisation test's part 0, 1 and 2, by hand. */
static void composing(void **state)
{
    (void)state;
    static const struct {
        const char *text, *composed;
    } rows[] = {
        {"plain", "plain"},
        {"Mu\u0308ller", "M\u00FCller"},
        {"M\u00FCller", "M\u00FCller"},
        {"\u1E0B\u0323", "\u1E0D\u0307"},  /* order of marks */
        {"D\u0307\u0323", "\u1E0C\u0307"}, /* and composition over it */
        {"\u212B", "\u00C5"},              /* Ångström sign */
        {"\u0958", "\u0915\u093C"},        /* excluded from composition */
        {"\u1112\u1161\u11AB", "\uD55C"},  /* Hangul */
        {"\uFA0E\u00E9", "\uFA0E\u00E9"},
        {"\U0001D15E", "\U0001D157\U0001D165"}, /* longer than it was */
        {"\uFB01", "\uFB01"},                   /* a ligature stays: NFC, not NFKC */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str once = utf8_compose(&arena, str_from(rows[i].text));
        assert_str(once, rows[i].composed);
        assert_str(utf8_compose(&arena, once), rows[i].composed);
    }
}

/*
 * Marks piled up on purpose: ordering them by swapping took seconds for what fits into one answer.
 * No time is asserted; 400,000 marks of two classes would take hours that way.
 */
static void a_pile_of_marks(void **state)
{
    (void)state;
    enum { PAIRS = 200000 };
    char *text = arena_alloc(&arena, 1 + 4 * PAIRS);
    text[0] = 'x';
    for (size_t i = 0; i < PAIRS; i++)
        memcpy(text + 1 + 4 * i, "\u0301\u0323", 4); /* above (230), then below (220) */
    struct str composed = utf8_compose(&arena, str_of(text, 1 + 4 * PAIRS));
    assert_int_equal(composed.len, 1 + 4 * PAIRS);
    for (size_t i = 0; i < PAIRS; i++) {
        assert_memory_equal(composed.ptr + 1 + 2 * i, "\u0323", 2);
        assert_memory_equal(composed.ptr + 1 + 2 * (PAIRS + i), "\u0301", 2);
    }
}

static void composed_text_is_not_copied(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "ascii", "M\u00FCller", "\u6771\u4EAC", "\u00E9\u0301"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct str text = str_from(texts[i]);
        assert_ptr_equal(utf8_compose(&arena, text).ptr, text.ptr);
    }
}

static void controls(void **state)
{
    (void)state;
    static const uint32_t wrong[] = {
        0,      1,      '\t',   '\r',   0x1F,   0x7F,   0x80,   0x85,   0x9F,   0x2028,  0x2029,
        0x202A, 0x202E, 0x2066, 0x2069, 0xFDD0, 0xFDEF, 0xFEFF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF,
    };
    static const uint32_t fine[] = {' ',    '~',    0xA0,   0xAD,   0x200B, 0x200D, 0x200E, 0x2027,
                                    0x202F, 0x2065, 0x206A, 0xFDCF, 0xFDF0, 0xFFFD, 0x1F600};
    char text[5] = "x";
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        size_t n = encode(wrong[i], text + 1);
        assert_true(utf8_has_control(str_of(text, n + 1), false));
        assert_true(utf8_has_control(str_of(text, n + 1), true));
    }
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        size_t n = encode(fine[i], text + 1);
        assert_false(utf8_has_control(str_of(text, n + 1), false));
    }
    assert_true(utf8_has_control(STR("a\nb"), false));
    assert_false(utf8_has_control(STR("a\nb"), true));
    assert_true(utf8_has_control(STR("a\r\nb"), true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point), cmocka_unit_test(malformed),
        cmocka_unit_test(lengths),          cmocka_unit_test(composing),
        cmocka_unit_test(a_pile_of_marks),  cmocka_unit_test(composed_text_is_not_copied),
        cmocka_unit_test(controls),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, teardown);
}
