/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>

enum { FIRST_CAPACITY = 256 };

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_release(struct buf *b)
{
    free(b->ptr);
    *b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->failed = false;
}

bool buf_ok(const struct buf *b)
{
    return !b->failed;
}

struct str buf_view(const struct buf *b)
{
    return str_of(b->ptr, b->len);
}

/* Room for n more bytes and a NUL behind them (the NUL is outside the maximum). */
static bool reserve(struct buf *b, size_t n)
{
    if (b->failed || n > b->max - b->len) {
        b->failed = true;
        return false;
    }
    size_t need = b->len + n + 1;
    if (need <= b->cap)
        return true;
    size_t cap = b->cap ? b->cap * 2 : FIRST_CAPACITY;
    if (cap < need)
        cap = need;
    char *ptr = realloc(b->ptr, cap);
    if (!ptr) {
        b->failed = true;
        return false;
    }
    b->ptr = ptr;
    b->cap = cap;
    return true;
}

bool buf_reserve(struct buf *b, size_t n)
{
    return reserve(b, n);
}

char *buf_extend(struct buf *b, size_t n)
{
    if (!reserve(b, n))
        return NULL;
    char *at = b->ptr + b->len;
    b->len += n;
    return at;
}

void buf_bytes(struct buf *b, const void *p, size_t n)
{
    if (n == 0)
        return;
    char *at = buf_extend(b, n);
    if (at)
        memcpy(at, p, n);
}

void buf_byte(struct buf *b, char c)
{
    char *at = buf_extend(b, 1);
    if (at)
        *at = c;
}

void buf_str(struct buf *b, struct str s)
{
    buf_bytes(b, s.ptr, s.len);
}

void buf_u64(struct buf *b, uint64_t n)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    buf_bytes(b, digits + at, sizeof digits - at);
}

void buf_fmt(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || !reserve(b, (size_t)n)) {
        b->failed = true;
        return;
    }
    va_start(args, format);
    vsnprintf(b->ptr + b->len, (size_t)n + 1, format, args);
    va_end(args);
    b->len += (size_t)n;
}

const char *buf_cstring(struct buf *b)
{
    if (!reserve(b, 0))
        return "";
    b->ptr[b->len] = '\0';
    return b->ptr;
}
