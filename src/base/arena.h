/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An arena: memory for one piece of work (a request, a job, a parsed file), given back all at once.
 *
 * Allocation cannot fail as far as the caller can see: out of memory ends the process by must(),
 * because a server that cannot get a few kilobytes cannot keep any promise either. What a peer may
 * ask for is bounded before it gets here (body and header limits). A function that takes no arena
 * does not allocate.
 *
 * Threads: one thread at a time; an arena may travel with its job from one thread to another.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena_block;

struct arena {
    struct arena_block *block; /* the newest; older ones hang behind it */
    size_t used;               /* bytes taken from the newest block */
};

#define ARENA_INIT ((struct arena){NULL, 0})

void arena_init(struct arena *a);

/* Frees everything the arena gave out. The arena is empty and usable again. */
void arena_release(struct arena *a);

/* n bytes, zeroed, aligned for any object. n may be 0. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((returns_nonnull, alloc_size(2)));

/* One zeroed object, or an array of n of them. */
#define arena_new(a, type)          ((type *)arena_alloc((a), sizeof(type)))
#define arena_new_array(a, type, n) ((type *)arena_array((a), sizeof(type), (n)))
void *arena_array(struct arena *a, size_t size, size_t n) __attribute__((returns_nonnull));

/* A copy of s that lives as long as the arena, with a NUL behind it (not counted in len). */
struct str arena_str(struct arena *a, struct str s);

/* Formatted text, NUL-terminated as well. */
struct str arena_fmt(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
