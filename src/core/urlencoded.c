/* SPDX-License-Identifier: Apache-2.0 */
#include "core/urlencoded.h"

#include "base/utf8.h"

void urlencoded_init(struct urlencoded *u, struct str body)
{
    *u = (struct urlencoded){.rest = body};
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool is_escaped(struct str s)
{
    return str_find(s, '+', 0) < s.len || str_find(s, '%', 0) < s.len;
}

/* False with *problem set when s cannot be accepted. */
static bool decode(struct arena *a, struct str s, struct str *out, const char **problem)
{
    *out = s;
    if (is_escaped(s)) {
        char *text = arena_alloc(a, s.len);
        size_t n = 0;
        for (size_t i = 0; i < s.len; i++) {
            char c = s.ptr[i];
            if (c == '%') {
                int high = i + 2 < s.len ? hex_digit(s.ptr[i + 1]) : -1;
                int low = i + 2 < s.len ? hex_digit(s.ptr[i + 2]) : -1;
                if (high < 0 || low < 0) {
                    *problem = "a % is not followed by two hexadecimal digits";
                    return false;
                }
                c = (char)(high << 4 | low);
                i += 2;
            } else if (c == '+') {
                c = ' ';
            }
            text[n++] = c;
        }
        *out = str_of(text, n);
    }
    if (str_find(*out, '\0', 0) < out->len)
        *problem = "it holds a NUL character";
    else if (!utf8_valid(*out))
        *problem = "it holds bytes that are not UTF-8";
    return *problem == NULL;
}

bool urlencoded_next(struct urlencoded *u, struct arena *a, struct str *name, struct str *value)
{
    struct str piece;
    if (u->problem)
        return false;
    do {
        if (!str_cut(&u->rest, '&', &piece))
            return false;
    } while (piece.len == 0);
    if (u->pairs++ == URLENCODED_PAIRS_MAX) {
        u->problem = "it holds too many fields";
        return false;
    }
    size_t equals = str_find(piece, '=', 0);
    return decode(a, str_slice(piece, 0, equals), name, &u->problem) &&
           decode(a, str_slice(piece, equals + 1, piece.len), value, &u->problem);
}

enum err urlencoded_end(const struct urlencoded *u, struct why *why)
{
    if (!u->problem)
        return ERR_NONE;
    return err_set(why, ERR_INPUT, "read the form", "%s", u->problem);
}

static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*' ||
           c == '-' || c == '.' || c == '_';
}

void urlencoded_escape(struct buf *out, struct str text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (is_plain(c)) {
            buf_byte(out, c);
        } else if (c == ' ') {
            buf_byte(out, '+');
        } else {
            unsigned char byte = (unsigned char)c;
            char escape[3] = {'%', digits[byte >> 4], digits[byte & 15]};
            buf_bytes(out, escape, sizeof escape);
        }
    }
}
