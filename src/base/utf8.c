/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include "base/must.h"

#include <utf8proc.h>

/*
 * RFC 3629 §4 as a table: the second byte's range decides about overlong forms, surrogates and the
 * upper end; every later byte is 80..BF.
 */
static const struct {
    unsigned char first, last;       /* lead byte */
    unsigned char length;            /* bytes in all */
    unsigned char second, second_to; /* range of the second byte */
} sequences[] = {
    {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF}, {0xE1, 0xEC, 3, 0x80, 0xBF},
    {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF}, {0xF0, 0xF0, 4, 0x90, 0xBF},
    {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};

enum { REPLACEMENT = 0xFFFD, FIRST_COMBINING = 0x300 };

static size_t decode_long(const unsigned char *p, size_t n, uint32_t *code)
{
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
        if (p[0] < sequences[i].first || p[0] > sequences[i].last)
            continue;
        size_t length = sequences[i].length;
        if (n < length || p[1] < sequences[i].second || p[1] > sequences[i].second_to)
            return 0;
        uint32_t value = p[0] & (0x7Fu >> length);
        for (size_t k = 1; k < length; k++) {
            if ((p[k] & 0xC0) != 0x80)
                return 0;
            value = value << 6 | (p[k] & 0x3Fu);
        }
        *code = value;
        return length;
    }
    return 0;
}

size_t utf8_decode(struct str s, size_t at, uint32_t *code)
{
    *code = REPLACEMENT;
    if (at >= s.len)
        return 0;
    const unsigned char *p = (const unsigned char *)s.ptr + at;
    if (p[0] < 0x80) {
        *code = p[0];
        return 1;
    }
    return decode_long(p, s.len - at, code);
}

bool utf8_valid(struct str s)
{
    uint32_t code;
    for (size_t at = 0; at < s.len;) {
        size_t n = utf8_decode(s, at, &code);
        if (n == 0)
            return false;
        at += n;
    }
    return true;
}

size_t utf8_length(struct str s)
{
    size_t length = 0;
    for (size_t i = 0; i < s.len; i++)
        length += ((unsigned char)s.ptr[i] & 0xC0) != 0x80; /* all but continuation bytes */
    return length;
}

/* Every code point below the first combining mark is composed, whatever stands beside it. */
static bool is_surely_composed(struct str s)
{
    uint32_t code;
    for (size_t at = 0; at < s.len;) {
        size_t n = utf8_decode(s, at, &code);
        must(n != 0);
        if (code >= FIRST_COMBINING)
            return false;
        at += n;
    }
    return true;
}

/*
 * Puts n marks of one run in the order of their combining classes (UAX #15's canonical ordering),
 * those of one class as they stood. Counting, not swapping: utf8proc's own ordering takes seconds
 * for a few thousand marks that somebody piled up on purpose.
 */
static void order_run(utf8proc_int32_t *run, size_t n, utf8proc_int32_t *spare)
{
    size_t at[256] = {0};
    for (size_t i = 0; i < n; i++)
        at[utf8proc_get_property(run[i])->combining_class]++;
    for (size_t class = 0, sum = 0; class < 256; class ++) {
        size_t count = at[class];
        at[class] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        spare[at[utf8proc_get_property(run[i])->combining_class]++] = run[i];
    memcpy(run, spare, n * sizeof *run);
}

static bool is_ordered(const utf8proc_int32_t *run, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (utf8proc_get_property(run[i - 1])->combining_class >
            utf8proc_get_property(run[i])->combining_class)
            return false;
    return true;
}

static void order_marks(utf8proc_int32_t *codes, size_t n, utf8proc_int32_t *spare)
{
    size_t run = 0; /* marks in a row up to here */
    for (size_t i = 0; i <= n; i++) {
        if (i < n && utf8proc_get_property(codes[i])->combining_class) {
            run++;
            continue;
        }
        if (!is_ordered(codes + i - run, run))
            order_run(codes + i - run, run, spare);
        run = 0;
    }
}

struct str utf8_compose(struct arena *a, struct str s)
{
    if (is_surely_composed(s))
        return s;
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    const utf8proc_uint8_t *text = (const utf8proc_uint8_t *)s.ptr;
    utf8proc_ssize_t bound = utf8proc_decompose(text, (utf8proc_ssize_t)s.len, NULL, 0, options);
    must(bound >= 0);
    /* One more than needed: utf8proc_reencode writes a NUL behind the text, in place. */
    utf8proc_int32_t *work = arena_new_array(a, utf8proc_int32_t, (size_t)bound + 1);
    utf8proc_int32_t *spare = arena_new_array(a, utf8proc_int32_t, (size_t)bound);
    utf8proc_ssize_t codes = 0;
    int boundary = UTF8PROC_BOUNDCLASS_START;
    uint32_t code;
    for (size_t at = 0; at < s.len;) {
        at += utf8_decode(s, at, &code);
        codes += utf8proc_decompose_char((utf8proc_int32_t)code, work + codes, bound - codes,
                                         options, &boundary);
        must(codes <= bound);
    }
    order_marks(work, (size_t)codes, spare);
    utf8proc_ssize_t bytes = utf8proc_reencode(work, codes, options);
    must(bytes >= 0);
    struct str composed = str_of(work, (size_t)bytes);
    return str_eq(composed, s) ? s : composed;
}

static bool is_space(uint32_t code)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP || (code >= '\t' && code <= '\r');
}

struct str utf8_fold(struct arena *a, struct str s)
{
    /* A lower-case letter is at most twice as long as the upper-case one (2 bytes become 3). */
    unsigned char *out = arena_alloc(a, s.len * 2);
    size_t n = 0;
    uint32_t code;
    for (size_t at = 0; at < s.len;) {
        size_t bytes = utf8_decode(s, at, &code);
        must(bytes != 0);
        at += bytes;
        if (!is_space(code))
            n += (size_t)utf8proc_encode_char(utf8proc_tolower((utf8proc_int32_t)code), out + n);
    }
    return str_of(out, n);
}

static const struct {
    uint32_t first, last;
} controls[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},     {0x2028, 0x202E},
    {0x2066, 0x2069}, {0xFDD0, 0xFDEF}, {0xFEFF, 0xFEFF},
};

bool utf8_is_control(uint32_t code)
{
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        if (code >= controls[i].first && code <= controls[i].last)
            return true;
    return (code & 0xFFFE) == 0xFFFE; /* the last two of every plane are non-characters */
}

bool utf8_has_control(struct str s, bool lines)
{
    uint32_t code;
    for (size_t at = 0; at < s.len;) {
        size_t n = utf8_decode(s, at, &code);
        must(n != 0);
        if (utf8_is_control(code) && !(lines && code == '\n'))
            return true;
        at += n;
    }
    return false;
}
