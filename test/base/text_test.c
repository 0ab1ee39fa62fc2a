/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include "lib/expect.h"

static struct arena arena;

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* The test vectors of RFC 4648 §10, without padding, and one with both special digits. */
static void base64url_vectors(void **state)
{
    (void)state;
    static const struct {
        struct str bytes;
        const char *text;
    } rows[] = {
        {STR_INIT(""), ""},
        {STR_INIT("f"), "Zg"},
        {STR_INIT("fo"), "Zm8"},
        {STR_INIT("foo"), "Zm9v"},
        {STR_INIT("foob"), "Zm9vYg"},
        {STR_INIT("fooba"), "Zm9vYmE"},
        {STR_INIT("foobar"), "Zm9vYmFy"},
        {STR_INIT("\xFB\xFF\0"), "-_8A"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str back;
        assert_str(text_base64url(&arena, rows[i].bytes), rows[i].text);
        assert_true(text_unbase64url(&arena, str_from(rows[i].text), &back));
        assert_true(str_eq(back, rows[i].bytes));
        assert_int_equal(TEXT_BASE64_LEN(rows[i].bytes.len), strlen(rows[i].text));
    }
}

static void base64url_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "A", "AAAAA", "Zg==", "Zh", "Zm9", "Zm9w Zg", "Zm9v\n", "+/8A", "Zm9é",
    };
    struct str back;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(text_unbase64url(&arena, str_from(wrong[i]), &back));
}

/* Of all texts of two bytes exactly 256 decode, each to its own byte. */
static void base64url_one_spelling(void **state)
{
    (void)state;
    unsigned seen = 0;
    for (unsigned code = 0; code < 0x10000; code++) {
        const char text[2] = {(char)(code >> 8), (char)(code & 0xFF)};
        struct str back;
        if (!text_unbase64url(&arena, str_of(text, 2), &back))
            continue;
        assert_int_equal(back.len, 1);
        assert_true(str_eq(text_base64url(&arena, back), str_of(text, 2)));
        seen++;
    }
    assert_int_equal(seen, 256);
}

static void hex(void **state)
{
    (void)state;
    unsigned char bytes[3];
    assert_str(text_hex(&arena, STR("\0\x0F\xA9")), "000fa9");
    assert_str(text_hex(&arena, STR_EMPTY), "");
    assert_true(text_unhex(STR("000fa9"), bytes, 3));
    assert_memory_equal(bytes, "\0\x0F\xA9", 3);
    assert_true(text_unhex(STR_EMPTY, bytes, 0));
    static const char *const wrong[] = {"", "000fa", "000fa90", "000FA9", "000fag", "0x0fa9"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(text_unhex(str_from(wrong[i]), bytes, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64url_vectors),
        cmocka_unit_test(base64url_refused),
        cmocka_unit_test(base64url_one_spelling),
        cmocka_unit_test(hex),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, teardown);
}
