/* SPDX-License-Identifier: Apache-2.0 */
#include "core/common_passwords.h"
#include "core/password_rules.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct str own[] = {STR_INIT("margaret.hale"), STR_INIT("Margaret Hale"),
                                 STR_INIT("Marlborough Mills")};

static enum password_verdict judge(const char *typed)
{
    struct arena a = ARENA_INIT;
    enum password_verdict v = password_judge(&a, str_from(typed), own, 3);
    arena_release(&a);
    return v;
}

static void all_are(enum password_verdict wanted, const char *const *typed, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (judge(typed[i]) != wanted)
            fail_msg("\"%s\" is %d, not %d", typed[i], (int)judge(typed[i]), (int)wanted);
}
#define ALL_ARE(wanted, ...)                                                                       \
    do {                                                                                           \
        static const char *const typed[] = {__VA_ARGS__};                                          \
        all_are(wanted, typed, sizeof typed / sizeof *typed);                                      \
    } while (0)

static void good_ones(void **state)
{
    (void)state;
    ALL_ARE(
        PASSWORD_GOOD, "correct horse battery staple", "kettle on the hob", "tQ7#mZ2!pL9x",
        "839201847362", "monkey 839201847362", "margaret likes rhubarb",
        "\xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7 \xD9\x8A\xD8\xA7 \xD8\xB5\xD8\xA8\xD8\xA7\xD8\xAD",
        "Zw\xC3\xB6lf Boxk\xC3\xA4mpfer", "\xF0\x9F\x90\x8E and a few words", " leading space ok");
}

static void lengths_count_characters(void **state)
{
    (void)state;
    char long_one[PASSWORD_MOST + 2];
    ALL_ARE(PASSWORD_SHORT, "", "tQ7#mZ2!pL9", "\xC3\xA4\xC3\xB6\xC3\xBC\xC3\x9F");
    /* Decomposed: eleven characters of twelve code points before composing. */
    assert_int_equal(judge("tQ7#mZ2!pLa\xCC\x88"), PASSWORD_SHORT);
    for (size_t i = 0; i < sizeof long_one; i++)
        long_one[i] = (char)('!' + (i * 37 + i / 90) % 90);
    long_one[PASSWORD_MOST + 1] = '\0';
    assert_int_equal(judge(long_one), PASSWORD_LONG);
    long_one[PASSWORD_MOST] = '\0';
    assert_int_equal(judge(long_one), PASSWORD_GOOD);
    struct arena a = ARENA_INIT;
    struct str out;
    assert_true(password_canonical(&a, STR("a\xCC\x88"), &out));
    assert_true(str_eq(out, STR("\xC3\xA4")));
    static const char zeros[4 * PASSWORD_MOST + 1];
    assert_false(password_canonical(&a, str_of(zeros, sizeof zeros), &out));
    arena_release(&a);
}

static void not_text(void **state)
{
    (void)state;
    ALL_ARE(PASSWORD_NOT_TEXT, "correct\thorse battery", "correct horse\nbattery",
            "\xFF\xFE correct horse battery", "correct \xE2\x80\xAE horse battery");
}

static void easy_ones(void **state)
{
    (void)state;
    ALL_ARE(PASSWORD_EASY, "password1234", "Password2026!", "P@ssw0rd-2026", "123456789012",
            "1234567890123456", "qwertyuiop[]", "QwertyUiop123", "aaaaaaaaaaaa", "abababababab",
            "abcdefghijkl", "abcabcabcabc", "horsehorsehorse", "letmein!!!!!!", "!!!dragon!!!!!",
            "sonyericsson", "transformers", "qazwsxedcrfvtgb", "iloveyou12345",
            "zxcvbnm,./zxcvbnm,./", "superman1985", "mustang-2000!", "trustno1!!!!", "098765432109",
            "qwerty qwerty");
}

static void near_ones(void **state)
{
    (void)state;
    ALL_ARE(PASSWORD_NEAR, "margaret.hale", "MargaretHale1", "Margaret-2026!", "halemargaret!",
            "marlborough mills", "Marlborough1854", "mills.margaret.9", "margaret abc 99");
}

static void the_list(void **state)
{
    (void)state;
    assert_true(common_password_sums_n > 29900);
    for (size_t i = 1; i < common_password_sums_n; i++)
        assert_true(common_password_sums[i - 1] < common_password_sums[i]);
    assert_true(common_password(STR("password")));
    assert_true(common_password(STR("qwertyuiop")));
    assert_false(common_password(STR("correcthorsebatterystaple")));
    assert_false(common_password(STR_EMPTY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_ones), cmocka_unit_test(lengths_count_characters),
        cmocka_unit_test(not_text),  cmocka_unit_test(easy_ones),
        cmocka_unit_test(near_ones), cmocka_unit_test(the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
