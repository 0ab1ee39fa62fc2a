/* SPDX-License-Identifier: Apache-2.0 */
#include "core/erasure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct erasure first = {
    .number = 1, .at_ms = 1795253400125, .client_id = {"CL-7KQ4M-X2PHM"}};

static const char first_text[] =
    "anteroom erasure 1\nnumber 1\nat 1795253400125\nsubmission CL-7KQ4M-X2PHM\n"
    "before 0000000000000000000000000000000000000000000000000000000000000000\n";

static void an_entry_is_five_lines(void **state)
{
    (void)state;
    char text[ERASURE_SIZE];
    struct erasure back;
    struct str written = erasure_write(&first, text);
    assert_int_equal(written.len, strlen(first_text));
    assert_memory_equal(written.ptr, first_text, written.len);
    assert_true(erasure_read(written, &back));
    assert_int_equal(back.number, 1);
    assert_int_equal(back.at_ms, first.at_ms);
    assert_string_equal(back.client_id.text, first.client_id.text);
}

/* The SHA-256 of that text, by sha256sum. */
static void the_head_is_the_hash_of_the_text(void **state)
{
    (void)state;
    struct erasure_head head = erasure_head(&first);
    char hex[65];
    for (size_t i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", head.hash.bytes[i]);
    assert_string_equal(hex, "4b7a28ad4b1d0bd480d313a7a35f5b6bd7c1c94585c143d3b4298490bca717a1");
    assert_int_equal(head.number, 1);
    struct erasure second = {
        .number = 2, .at_ms = 1, .client_id = first.client_id, .before = head.hash};
    assert_true(erasure_follows(&second, &head));
    second.before.bytes[7] ^= 1;
    assert_false(erasure_follows(&second, &head));
    second.before.bytes[7] ^= 1;
    second.number = 3;
    assert_false(erasure_follows(&second, &head));
}

/* Whatever byte is another one, is missing or too many: it is not read, or it is another entry. */
static void nothing_else_is_read(void **state)
{
    (void)state;
    char text[ERASURE_SIZE + 1];
    struct erasure back;
    size_t n = strlen(first_text);
    for (size_t i = 0; i < n; i++) {
        assert_false(erasure_read(str_of(first_text, i), &back));
        for (int bit = 0; bit < 8; bit++) {
            memcpy(text, first_text, n);
            text[i] ^= (char)(1 << bit);
            if (!erasure_read(str_of(text, n), &back))
                continue;
            struct erasure_head a = erasure_head(&back), b = erasure_head(&first);
            assert_false(erasure_head_eq(&a, &b));
        }
    }
    memcpy(text, first_text, n);
    text[n] = '\n';
    assert_false(erasure_read(str_of(text, n + 1), &back));
    static const char *const wrong[] = {
        "",
        "\n",
        "anteroom erasure 2\n",
        "anteroom erasure 1\nnumber 0\nat 1\nsubmission CL-7KQ4M-X2PHM\n"
        "before 0000000000000000000000000000000000000000000000000000000000000000\n",
        "anteroom erasure 1\nnumber 01\nat 1\nsubmission CL-7KQ4M-X2PHM\n"
        "before 0000000000000000000000000000000000000000000000000000000000000000\n",
        "anteroom erasure 1\nnumber 1\nat 99999999999999999999\nsubmission CL-7KQ4M-X2PHM\n"
        "before 0000000000000000000000000000000000000000000000000000000000000000\n",
        "anteroom erasure 1\nnumber 1\nat 1\nsubmission cl-7kq4m-x2phm\n"
        "before 0000000000000000000000000000000000000000000000000000000000000000\n",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(erasure_read(str_from(wrong[i]), &back));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_is_five_lines),
        cmocka_unit_test(the_head_is_the_hash_of_the_text),
        cmocka_unit_test(nothing_else_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
