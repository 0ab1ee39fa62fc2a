/* SPDX-License-Identifier: Apache-2.0 */
#include "core/colour.h"

#include "lib/expect.h"

static struct colour of(const char *text)
{
    struct colour c;
    assert_true(colour_parse(str_from(text), &c));
    return c;
}

static void test_text(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",         "#",       "#abc",      "0b5d57",  "#0b5d5",
                                        "#0b5d57 ", "#0b5d5g", "#0b5d5700", "#0b5 57", "green"};
    char text[COLOUR_TEXT_SIZE];
    struct colour c;
    assert_string_equal(colour_text(of("#0B5d57"), text), "#0b5d57");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(colour_parse(str_from(wrong[i]), &c));
}

/* Pairs whose ratio WCAG's own documents and checkers give. */
static void test_contrast(void **state)
{
    (void)state;
    static const struct {
        const char *one, *other;
        double ratio;
    } rows[] = {
        {"#000000", "#ffffff", 21.0}, {"#ffffff", "#ffffff", 1.0},  {"#777777", "#ffffff", 4.48},
        {"#767676", "#ffffff", 4.54}, {"#ff0000", "#ffffff", 4.00}, {"#0000ff", "#ffffff", 8.59},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double there = colour_contrast(of(rows[i].one), of(rows[i].other));
        double back = colour_contrast(of(rows[i].other), of(rows[i].one));
        assert_true(there > rows[i].ratio - 0.006 && there < rows[i].ratio + 0.006);
        assert_true(there == back);
    }
}

static void check_scheme(const struct colour_scheme *s, const char *paper, const char *lit,
                         const char *ink)
{
    assert_true(colour_contrast(s->accent, of(paper)) >= 4.5);
    assert_true(colour_contrast(s->accent, of(lit)) >= 4.5);
    assert_true(colour_contrast(s->deep, of(paper)) >= 4.5);
    assert_true(colour_contrast(s->deep, of(lit)) >= 4.5);
    assert_true(colour_contrast(s->on_accent, s->accent) >= 4.5);
    assert_true(colour_contrast(s->on_accent, s->deep) >= 4.5);
    assert_true(colour_contrast(s->tint, of(ink)) >= 7);
    assert_true(s->contrast >= 4.5);
}

/* No colour has to be refused: a grid over all of sRGB, its corners included. */
static void test_every_colour_serves(void **state)
{
    (void)state;
    for (unsigned r = 0; r < 256; r += 15)
        for (unsigned g = 0; g < 256; g += 15)
            for (unsigned b = 0; b < 256; b += 15) {
                struct colour c = {(uint8_t)r, (uint8_t)g, (uint8_t)b};
                struct colour_palette p = colour_palette_of(c);
                check_scheme(&p.light, "#f6f4ee", "#fffefa", "#1c2529");
                check_scheme(&p.dark, "#12181b", "#0b1012", "#ece8de");
                assert_true(p.light.adjusted || memcmp(&p.light.accent, &c, sizeof c) == 0);
                assert_true(p.dark.adjusted || memcmp(&p.dark.accent, &c, sizeof c) == 0);
            }
}

static void test_what_serves_is_kept_and_what_does_not_is_moved(void **state)
{
    (void)state;
    static const struct {
        const char *wish, *light, *dark; /* NULL: moved */
    } rows[] = {
        {"#0b5d57", "#0b5d57", NULL}, {"#86cdd2", NULL, "#86cdd2"}, {"#767676", NULL, NULL},
        {"#ffff00", NULL, "#ffff00"}, {"#000000", "#000000", NULL}, {"#ffffff", NULL, "#ffffff"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct colour_palette p = colour_palette_of(of(rows[i].wish));
        char text[COLOUR_TEXT_SIZE];
        assert_int_equal(p.light.adjusted, rows[i].light == NULL);
        if (rows[i].light)
            assert_string_equal(colour_text(p.light.accent, text), rows[i].light);
        if (rows[i].dark)
            assert_string_equal(colour_text(p.dark.accent, text), rows[i].dark);
    }
}

/* Darker or lighter, an orange stays an orange and a blue a blue. */
static void test_the_hue_stays(void **state)
{
    (void)state;
    struct colour_palette orange = colour_palette_of(of("#ff7a00"));
    assert_true(orange.light.adjusted && !orange.dark.adjusted);
    assert_true(orange.light.accent.red > orange.light.accent.green);
    assert_true(orange.light.accent.green > orange.light.accent.blue);
    struct colour_palette blue = colour_palette_of(of("#1a237e"));
    assert_true(!blue.light.adjusted && blue.dark.adjusted);
    assert_true(blue.dark.accent.blue > blue.dark.accent.red);
    assert_true(blue.dark.contrast >= 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_contrast),
        cmocka_unit_test(test_every_colour_serves),
        cmocka_unit_test(test_what_serves_is_kept_and_what_does_not_is_moved),
        cmocka_unit_test(test_the_hue_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
