/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include "base/must.h"

#include <stdarg.h>

enum { FIRST_BLOCK = 4096, ALIGNMENT = _Alignof(max_align_t) };

struct arena_block {
    struct arena_block *older;
    size_t size; /* bytes in data */
    _Alignas(max_align_t) char data[];
};

void arena_init(struct arena *a)
{
    *a = ARENA_INIT;
}

void arena_release(struct arena *a)
{
    while (a->block) {
        struct arena_block *older = a->block->older;
        free(a->block);
        a->block = older;
    }
    a->used = 0;
}

/* Blocks double, so that a large piece of work costs a handful of mallocs. */
static void grow(struct arena *a, size_t need)
{
    size_t size = a->block ? a->block->size * 2 : FIRST_BLOCK;
    if (size < need)
        size = need;
    struct arena_block *block = malloc(sizeof *block + size);
    must(block != NULL);
    block->older = a->block;
    block->size = size;
    a->block = block;
    a->used = 0;
}

void *arena_alloc(struct arena *a, size_t n)
{
    must(n <= SIZE_MAX / 4);
    n = (n + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (!a->block || a->block->size - a->used < n)
        grow(a, n);
    void *p = a->block->data + a->used;
    a->used += n;
    memset(p, 0, n);
    return p;
}

void *arena_array(struct arena *a, size_t size, size_t n)
{
    size_t bytes;
    must(!__builtin_mul_overflow(size, n, &bytes));
    return arena_alloc(a, bytes);
}

struct str arena_str(struct arena *a, struct str s)
{
    char *copy = arena_alloc(a, s.len + 1);
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    return str_of(copy, s.len);
}

struct str arena_fmt(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    must(n >= 0);
    char *text = arena_alloc(a, (size_t)n + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)n + 1, format, args);
    va_end(args);
    return str_of(text, (size_t)n);
}
