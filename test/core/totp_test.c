/* SPDX-License-Identifier: Apache-2.0 */
#include "core/totp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* RFC 6238, appendix B: the ASCII digits 1234567890 twice. The last six of its eight digits. */
static const struct totp_secret secret = {"12345678901234567890"};

static void vectors_of_the_rfc(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        uint32_t code;
    } table[] = {
        {59, 287082},       {1111111109, 81804},  {1111111111, 50471},
        {1234567890, 5924}, {2000000000, 279037}, {20000000000, 353130},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(totp_code(&secret, totp_step(table[i].seconds * 1000)), table[i].code);
    /* RFC 4226, appendix D: the first counters. */
    static const uint32_t hotp[] = {755224, 287082, 359152, 969429, 338314,
                                    254676, 287922, 162583, 399871, 520489};
    for (int64_t i = 0; i < 10; i++)
        assert_int_equal(totp_code(&secret, i), hotp[i]);
}

static void typed_codes(void **state)
{
    (void)state;
    const int64_t now = INT64_C(1111111111) * 1000, step = totp_step(now);
    assert_int_equal(totp_check(&secret, STR("050471"), now, 0), step);
    assert_int_equal(totp_check(&secret, STR(" 050 471 "), now, 0), step);
    assert_int_equal(totp_check(&secret, STR("50471"), now, 0), 0);
    assert_int_equal(totp_check(&secret, STR("0050471"), now, 0), 0);
    assert_int_equal(totp_check(&secret, STR("050472"), now, 0), 0);
    assert_int_equal(totp_check(&secret, STR("05047\xD9\xA1"), now, 0), 0);
    assert_int_equal(totp_check(&secret, STR_EMPTY, now, 0), 0);
}

static void a_step_before_and_after(void **state)
{
    (void)state;
    const int64_t now = INT64_C(1111111111) * 1000, step = totp_step(now);
    for (int64_t away = -4; away <= 4; away++) {
        int64_t found = totp_check(&secret, STR("050471"), now + away * TOTP_STEP_MS, 0);
        assert_int_equal(found, away >= -1 && away <= 1 ? step : 0);
    }
}

static void no_code_twice(void **state)
{
    (void)state;
    const int64_t now = INT64_C(1111111111) * 1000, step = totp_step(now);
    assert_int_equal(totp_check(&secret, STR("050471"), now, step - 1), step);
    assert_int_equal(totp_check(&secret, STR("050471"), now, step), 0);
    assert_int_equal(totp_check(&secret, STR("050471"), now + TOTP_STEP_MS, step), 0);
    /* One that is older than the last used neither, though it is in the window. */
    assert_int_equal(totp_check(&secret, STR("081804"), now, step), 0);
    assert_int_equal(totp_check(&secret, STR("081804"), now, 0), step - 1);
}

static void enrolment(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    assert_true(str_eq(totp_base32(&a, &secret), STR("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")));
    assert_true(str_eq(totp_uri(&a, &secret, STR("Hale & S\xC3\xB6hne"), STR("m.hale@x:y")),
                       STR("otpauth://totp/Hale%20%26%20S%C3%B6hne:m.hale%40x%3Ay?secret="
                           "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Hale%20%26%20S%C3%B6hne")));
    arena_release(&a);
}

static void recovery_codes(void **state)
{
    (void)state;
    unsigned char one[RECOVERY_HASH_SIZE], two[RECOVERY_HASH_SIZE];
    struct recovery_code code = recovery_code_make(UINT64_C(0x3FFFFFFFFFFFF));
    assert_string_equal(code.text, "ZZZZZ-ZZZZZ");
    assert_string_equal(recovery_code_make(0).text, "00000-00000");
    assert_string_equal(recovery_code_make(UINT64_C(1) << 50 | 33).text, "00000-00011");
    assert_true(recovery_code_hash(STR("00000-00011"), one));
    static const char *const spellings[] = {"0000000011", "ooooo-oooil", " 00000 000 1l ",
                                            "OOOOO-OOOLI"};
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        assert_true(recovery_code_hash(str_from(spellings[i]), two));
        assert_memory_equal(one, two, sizeof one);
    }
    static const char *const wrong[] = {"",
                                        "00000",
                                        "00000-0001",
                                        "00000-000111",
                                        "00000-0001U",
                                        "00000-0001\xC3\xA9",
                                        "00000\n00011"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(recovery_code_hash(str_from(wrong[i]), two));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_the_rfc),
        cmocka_unit_test(typed_codes),
        cmocka_unit_test(a_step_before_and_after),
        cmocka_unit_test(no_code_twice),
        cmocka_unit_test(enrolment),
        cmocka_unit_test(recovery_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
