/* SPDX-License-Identifier: Apache-2.0 */
#include "web/qr.h"

#include "lib/expect.h"

#include <qrencode.h>

/* Draws the path as a browser would: dark modules of a picture of size × size. */
static void draw(struct view_qr qr, unsigned char *picture)
{
    char *p = (char *)(uintptr_t)qr.path.ptr;
    long x = 0, y = 0;
    while (*p) {
        if (*p == 'M') {
            x = strtol(p + 1, &p, 10);
            y = strtol(p, &p, 10);
        } else if (*p == 'm') {
            x += strtol(p + 1, &p, 10);
            y += strtol(p, &p, 10);
        }
        assert_int_equal(*p, 'h');
        for (long n = strtol(p + 1, &p, 10); n > 0; n--)
            picture[y * (long)qr.size + x++] = 1;
    }
}

static void test_the_path_is_the_code(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    char text[QR_TEXT_MAX];
    memset(text, 'a', sizeof text);
    for (size_t n = 1; n <= QR_TEXT_MAX; n += 37) {
        struct view_qr qr = qr_of(&a, str_of(text, n));
        QRcode *code = QRcode_encodeData((int)n, (unsigned char *)text, 0, QR_ECLEVEL_M);
        size_t width = (size_t)code->width;
        assert_int_equal(qr.size, width + 2 * QR_QUIET);
        unsigned char *picture = arena_alloc(&a, qr.size * qr.size);
        draw(qr, picture);
        for (size_t y = 0; y < qr.size; y++)
            for (size_t x = 0; x < qr.size; x++) {
                bool inside =
                    x >= QR_QUIET && y >= QR_QUIET && x < width + QR_QUIET && y < width + QR_QUIET;
                int dark = inside ? code->data[(y - QR_QUIET) * width + x - QR_QUIET] & 1 : 0;
                assert_int_equal(picture[y * qr.size + x], dark);
            }
        QRcode_free(code);
    }
    arena_release(&a);
}

static void test_what_does_not_fit_is_no_code(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    static char text[QR_TEXT_MAX + 1];
    assert_int_equal(qr_of(&a, STR_EMPTY).size, 0);
    assert_int_equal(qr_of(&a, str_of(text, sizeof text)).size, 0);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_path_is_the_code),
        cmocka_unit_test(test_what_does_not_fit_is_no_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
