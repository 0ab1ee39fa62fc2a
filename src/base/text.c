/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64url_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct str text_hex(struct arena *a, struct str bytes)
{
    char *out = arena_alloc(a, TEXT_HEX_LEN(bytes.len) + 1);
    for (size_t i = 0; i < bytes.len; i++) {
        out[2 * i] = hex_digits[(unsigned char)bytes.ptr[i] >> 4];
        out[2 * i + 1] = hex_digits[(unsigned char)bytes.ptr[i] & 15];
    }
    return str_of(out, TEXT_HEX_LEN(bytes.len));
}

/* The digit's value in the alphabet, -1 for a byte that is not in it. */
static int digit(const char *alphabet, size_t n, char c)
{
    const char *hit = memchr(alphabet, c, n);
    return hit ? (int)(hit - alphabet) : -1;
}

bool text_unhex(struct str text, void *out, size_t n)
{
    unsigned char *bytes = out;
    if (text.len != TEXT_HEX_LEN(n))
        return false;
    for (size_t i = 0; i < n; i++) {
        int high = digit(hex_digits, 16, text.ptr[2 * i]);
        int low = digit(hex_digits, 16, text.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

/* With room for the padding, which is not counted. */
static struct str encode(struct arena *a, const char digits[64], struct str bytes)
{
    size_t len = TEXT_BASE64_LEN(bytes.len), at = 0;
    char *out = arena_alloc(a, len + 4);
    uint32_t bits = 0;
    int held = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        bits = bits << 8 | (unsigned char)bytes.ptr[i];
        for (held += 8; held >= 6; held -= 6)
            out[at++] = digits[bits >> (held - 6) & 63];
    }
    if (held)
        out[at++] = digits[bits << (6 - held) & 63];
    return str_of(out, at);
}

static bool decode(struct arena *a, const char digits[64], struct str text, struct str *bytes)
{
    if (text.len % 4 == 1)
        return false;
    char *out = arena_alloc(a, text.len * 3 / 4 + 1);
    uint32_t bits = 0;
    int held = 0;
    size_t at = 0;
    for (size_t i = 0; i < text.len; i++) {
        int value = digit(digits, 64, text.ptr[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[at++] = (char)(bits >> held & 255);
        }
    }
    if (bits & ((1u << held) - 1))
        return false; /* left-over bits must be zero, or one value would have many spellings */
    *bytes = str_of(out, at);
    return true;
}

struct str text_base64url(struct arena *a, struct str bytes)
{
    return encode(a, base64url_digits, bytes);
}

bool text_unbase64url(struct arena *a, struct str text, struct str *bytes)
{
    return decode(a, base64url_digits, text, bytes);
}

struct str text_base64(struct arena *a, struct str bytes)
{
    struct str text = encode(a, base64_digits, bytes);
    size_t padded = (text.len + 3) / 4 * 4;
    char *end = (char *)(uintptr_t)text.ptr + text.len;
    memset(end, '=', padded - text.len);
    return str_of(text.ptr, padded);
}

bool text_unbase64(struct arena *a, struct str text, struct str *bytes)
{
    size_t len = text.len;
    while (len > 0 && text.len - len < 2 && text.ptr[len - 1] == '=')
        len--;
    return text.len % 4 == 0 && decode(a, base64_digits, str_slice(text, 0, len), bytes);
}
