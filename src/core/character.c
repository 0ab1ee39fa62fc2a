/* SPDX-License-Identifier: Apache-2.0 */
#include "core/character.h"

#include "base/utf8.h"

struct range {
    uint32_t first, last;
};

static const struct range blanks[] = {
    {0x0009, 0x000D}, {0x0020, 0x0020}, {0x00A0, 0x00A0}, {0x1680, 0x1680}, {0x2000, 0x200A},
    {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF},
};

/* Hyphen-minus; hyphen to horizontal bar; minus sign. */
static const struct range dashes[] = {{'-', '-'}, {0x2010, 0x2015}, {0x2212, 0x2212}};

/* Tens: each begins at a code point whose last four bits are 0. */
static const struct range digits[] = {{0x0660, 0x0669}, {0x06F0, 0x06F9}, {0xFF10, 0xFF19}};

static bool is_in(uint32_t code, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

bool character_is_blank(uint32_t code)
{
    return is_in(code, blanks, sizeof blanks / sizeof *blanks);
}

bool character_is_dash(uint32_t code)
{
    return is_in(code, dashes, sizeof dashes / sizeof *dashes);
}

/* Where the code point that ends before byte `end` begins. */
static size_t before(struct str s, size_t end)
{
    size_t at = end - 1;
    while (at > 0 && ((unsigned char)s.ptr[at] & 0xC0) == 0x80)
        at--;
    return at;
}

struct str character_trim(struct str s)
{
    uint32_t code;
    size_t from = 0, to = s.len, n;
    while ((n = utf8_decode(s, from, &code)) > 0 && character_is_blank(code))
        from += n;
    while (to > from) {
        size_t at = before(s, to);
        if (utf8_decode(s, at, &code) == 0 || !character_is_blank(code))
            break;
        to = at;
    }
    return str_slice(s, from, to);
}

struct str character_plain_digits(struct arena *a, struct str s)
{
    uint32_t code;
    size_t n, length = 0;
    char *text = NULL;
    for (size_t at = 0; (n = utf8_decode(s, at, &code)) > 0; at += n) {
        bool digit = is_in(code, digits, sizeof digits / sizeof *digits);
        if (digit && !text) {
            text = arena_alloc(a, s.len);
            memcpy(text, s.ptr, length);
        }
        if (digit) {
            text[length++] = (char)('0' + (code & 0xF));
            continue;
        }
        if (text)
            memcpy(text + length, s.ptr + at, n);
        length += n;
    }
    return text ? str_of(text, length) : s;
}
