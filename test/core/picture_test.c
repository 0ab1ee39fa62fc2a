/* SPDX-License-Identifier: Apache-2.0 */
#include "core/picture.h"

#include "lib/expect.h"

#define SVG(inside) "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 120 40'>" inside "</svg>"

static void test_drawings(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double width, height;
    } rows[] = {
        {SVG(""), 120, 40},
        {SVG("<path d='M0 0h4v4z' fill='#0b5d57'/>"), 120, 40},
        {"\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- made by hand -->\r\n\t"
         "<svg width='24' height='48px'>\r\n\t<g>\r\n\t<circle r='3' /></g>\r\n</svg>\r\n",
         24, 48},
        {"<svg viewBox='-1.5,-2 30.5 10' width='100%' height='100%'/>", 30.5, 10},
        {SVG("<title>A name, “quoted”</title><defs><linearGradient id='a.1' href='#b'/>"
             "<clipPath id='c'><rect width='1'/></clipPath></defs>"
             "<path fill='url(#a.1)' clip-path='url(#c)' transform='translate(1 2) rotate(3)'/>"),
         120, 40},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct picture picture;
        struct picture_problem problem = {0};
        if (!picture_read(str_from(rows[i].text), &picture, &problem))
            fail_msg("row %zu, line %u: %s", i, problem.line, problem.detail);
        assert_int_equal(picture.kind, PICTURE_SVG);
        assert_true(picture.width == rows[i].width && picture.height == rows[i].height);
    }
}

static void test_what_is_no_drawing_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
        const char *says;
    } rows[] = {
        {"", 0, "neither an SVG nor a PNG"},
        {"GIF89a", 0, "neither an SVG nor a PNG"},
        {"<html></html>", 1, "<html> is not allowed"},
        {"<svg/>", 1, "how wide and how high"},
        {"<svg viewBox='0 0 0 10'/>", 1, "how wide and how high"},
        {"<svg width='100%' height='100%'/>", 1, "how wide and how high"},
        {SVG("\n<script>alert(1)</script>"), 2, "<script> is not allowed"},
        {SVG("<style>a{}</style>"), 1, "<style> is not allowed"},
        {SVG("<foreignObject/>"), 1, "<foreignObject> is not allowed"},
        {SVG("<image href='https://example.com/a.png'/>"), 1, "<image> is not allowed"},
        {SVG("<use href='#a'/>"), 1, "<use> is not allowed"},
        {SVG("<a href='#b'/>"), 1, "<a> is not allowed"},
        {SVG("<animate/>"), 1, "<animate> is not allowed"},
        {SVG("<svg:script/>"), 1, "<svg:script> is not allowed"},
        {SVG("<SCRIPT/>"), 1, "<SCRIPT> is not allowed"},
        {SVG("<svg/>"), 1, "one <svg>"},
        {SVG("<path\n\nonclick='a'/>"), 3, "attribute onclick is not allowed"},
        {SVG("<path style='fill:red'/>"), 1, "attribute style is not allowed"},
        {SVG("<path xml:base='/'/>"), 1, "attribute xml:base is not allowed"},
        {SVG("<g xmlns='http://www.w3.org/1999/xhtml'/>"), 1, "attribute xmlns is not allowed"},
        {SVG("<path fill='url(https://example.com/#a)'/>"), 1, "value of fill"},
        {SVG("<path fill='url(/a#b)'/>"), 1, "value of fill"},
        {SVG("<path fill='red url(#a)'/>"), 1, "value of fill"},
        {SVG("<path fill='url(#a) url(//b)'/>"), 1, "value of fill"},
        {SVG("<path fill='u\\72l(//a)'/>"), 1, "value of fill"},
        {SVG("<path fill='u&#114;l(//a)'/>"), 1, "value of fill"},
        {SVG("<path fill='URL(//a)'/>"), 1, "value of fill"},
        {SVG("<path mask='image(\"//a\")'/>"), 1, "value of mask"},
        {SVG("<path fill='url/**/(//a)'/>"), 1, "value of fill"},
        {SVG("<linearGradient href='javascript:a'/>"), 1, "value of href"},
        {SVG("<linearGradient xlink:href='other.svg#a'/>"), 1, "value of xlink:href"},
        {"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg viewBox='0 0 1 1'/>", 1, "<!DOCTYPE is not allowed"},
        {SVG("<![CDATA[a]]>"), 1, "<![CDATA[ is not allowed"},
        {SVG("<?xml-stylesheet href='a'?>"), 1, "<? is not allowed"},
        {"<?xml version='1.0' encoding='UTF-16'?><svg viewBox='0 0 1 1'/>", 1, "not UTF-8"},
        {SVG("hello"), 1, "text between"},
        {SVG("<title>&a;</title>"), 1, "holds a reference"},
        {SVG("<g>"), 1, "not well-formed"},
        {SVG("</g>"), 1, "not well-formed"},
        {SVG("<g a"), 1, "not well-formed"},
        {SVG("<path d='1' d='2'/>"), 1, "not well-formed"},
        {SVG("<path d='1'x='2'/>"), 1, "not well-formed"},
        {SVG("<path d=1/>"), 1, "not well-formed"},
        {SVG("<!-- "), 1, "not well-formed"},
        {SVG("") "<g/>", 1, "not well-formed"},
        {SVG("") "<svg viewBox='0 0 1 1'/>", 1, "not well-formed"},
        {"<svg viewBox='0 0 1 1'", 1, "not well-formed"},
        {"<svg viewBox='0 0 1 1'>\xFF</svg>", 0, "not UTF-8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct picture picture;
        struct picture_problem problem = {0};
        assert_false(picture_read(str_from(rows[i].text), &picture, &problem));
        if (!strstr(problem.detail, rows[i].says) || problem.line != rows[i].line)
            fail_msg("row %zu, line %u: %s", i, problem.line, problem.detail);
        assert_true(problem.hint[0] != '\0');
    }
}

static void test_bounds(void **state)
{
    (void)state;
    static char large[PICTURE_PNG_MAX + 1];
    struct picture picture;
    struct picture_problem problem = {0};
    char deep[40 * 3 + 64] = "<svg viewBox='0 0 1 1'>";
    for (size_t i = 0, n = strlen(deep); i < 40; i++, n += 3)
        memcpy(deep + n, "<g>", 4);
    assert_false(picture_read(str_from(deep), &picture, &problem));
    assert_non_null(strstr(problem.detail, "levels"));
    memset(large, ' ', sizeof large);
    large[0] = '<';
    assert_false(picture_read(str_of(large, PICTURE_SVG_MAX + 1), &picture, &problem));
    assert_string_equal(problem.detail, "it is larger than 64 KiB");
    memcpy(large, "\x89PNG\r\n\x1a\n", 8);
    assert_false(picture_read(str_of(large, sizeof large), &picture, &problem));
    assert_string_equal(problem.detail, "it is larger than 128 KiB");
}

static void test_png(void **state)
{
    (void)state;
    static const char whole[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\1\2\0\0\0\x40\x08\6\0\0\0crc!"
                                "\0\0\0\3IDATabccrc!\0\0\0\0IENDcrc!";
    struct picture picture;
    struct picture_problem problem = {0};
    size_t n = sizeof whole - 1;
    assert_true(picture_read(str_of(whole, n), &picture, &problem));
    assert_true(picture.kind == PICTURE_PNG && picture.width == 258 && picture.height == 64);
    for (size_t i = 8; i < n; i++)
        assert_false(picture_read(str_of(whole, i), &picture, &problem));
    char changed[sizeof whole];
    memcpy(changed, whole, sizeof whole);
    changed[16] = 1; /* 16777474 pixels wide */
    assert_false(picture_read(str_of(changed, n), &picture, &problem));
    assert_non_null(strstr(problem.detail, "pixels"));
    memcpy(changed, whole, sizeof whole);
    changed[18] = changed[19] = 0;
    assert_false(picture_read(str_of(changed, n), &picture, &problem));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drawings),
        cmocka_unit_test(test_what_is_no_drawing_is_refused),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_png),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
