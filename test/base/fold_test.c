/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/fold.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void expect(const char *text, const char *words)
{
    struct fold fold = {str_from(text), 0};
    struct fold_word w;
    struct buf out;
    buf_init(&out, 4096);
    size_t behind = 0;
    while (fold_next(&fold, &w)) {
        assert_true(w.from >= behind && w.to > w.from && w.to <= strlen(text));
        behind = w.to;
        buf_fmt(&out, "%s%.*s", out.len ? " " : "", STR_ARG(fold_word(&w)));
    }
    if (strcmp(buf_cstring(&out), words) != 0)
        fail_msg("%s: “%s”, not “%s”", text, buf_cstring(&out), words);
    buf_release(&out);
}

static void words_lose_case_accents_and_forms(void **state)
{
    (void)state;
    expect("", "");
    expect(" -- ?! ", "");
    expect("Acme GmbH & Co. KG", "acme gmbh co kg");
    expect("ada.lovelace@analytical-engines.example", "ada lovelace analytical engines example");
    expect("Müller Mueller MULLER", "muller muller muller");
    expect("M\x75\xCC\x88ller", "muller"); /* the mark stands alone */
    expect("Straße STRASSE Große", "strasse strasse grosse");
    expect("Łódź Ørsted Þór Đorđe İstanbul ıslak", "lodz orsted thor dorde istanbul islak");
    expect("Ærø Œuvre", "aro ouvre");
    expect("Goethe Haendel quelle neue Aue poet", "gothe handel quelle neue aue pot");
    expect("ＡＢＣ１２３ ﬁne ½", "abc123 fine 12");
    expect("Ελλάδα ΕΛΛΆΔΑ Σίσυφος", "ελλαδα ελλαδα σισυφοσ");
    expect("Одеса ОДЕСА", "одеса одеса");
}

static void scripts_without_spaces_give_letters(void **state)
{
    (void)state;
    expect("株式会社ABC", "株 式 会 社 abc");
    expect("トヨタ", "ト ヨ タ");
    expect("ไทย", "ไ ท ย");
    expect("العَرَبِيّة", "العربية");
    expect("한 국", "\u1112\u1161\u11AB \u1100\u116E\u11A8"); /* letter by letter */
}

static void what_is_no_word_separates(void **state)
{
    (void)state;
    expect("a\xFFz b\xC3", "a z b");
    expect("a\xEE\x80\x80z", "a z"); /* for private use */
    expect("snake_case-and/more", "snake case and more");
    expect("x\xCC\x81\xCC\x81y", "xy");
    expect("\xCC\x81 a", "a");
}

static void long_words_are_cut(void **state)
{
    (void)state;
    char text[300];
    memset(text, 'x', sizeof text);
    struct fold fold = {str_of(text, sizeof text), 0};
    struct fold_word w;
    assert_true(fold_next(&fold, &w));
    assert_int_equal(w.len, FOLD_WORD_MAX);
    assert_int_equal(w.to, sizeof text);
    assert_false(fold_next(&fold, &w));
    memset(text, 0xC4, sizeof text);
    for (size_t i = 0; i < sizeof text; i += 2)
        memcpy(text + i, "д", 2);
    fold = (struct fold){str_of(text, sizeof text), 0};
    assert_true(fold_next(&fold, &w));
    assert_int_equal(w.len, FOLD_WORD_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_lose_case_accents_and_forms),
        cmocka_unit_test(scripts_without_spaces_give_letters),
        cmocka_unit_test(what_is_no_word_separates),
        cmocka_unit_test(long_words_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
