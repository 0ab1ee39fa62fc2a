/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view of bytes: pointer and length, never owned, never NUL-terminated by promise.
 *
 * Whoever made the bytes (an arena, a buf, the request, a literal) decides how long they live; a
 * struct str only looks. The empty view may have a NULL pointer; every verb here accepts it. Text
 * that people typed is UTF-8 (utf8.h checks it); verbs marked ASCII fold or compare A–Z only.
 *
 * Threads: plain values, safe anywhere.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/banned.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *ptr;
    size_t len;
};

/* A literal as a view: STR("abc"). */
#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal)                                                                          \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }
#define STR_EMPTY ((struct str){NULL, 0})

/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

/* The view of a C string; NULL gives the empty view. */
struct str str_from(const char *cstring);

/* The view of n bytes at p. */
static inline struct str str_of(const void *p, size_t n)
{
    return (struct str){(const char *)p, n};
}

bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII */
/* Byte order, shorter first when one is the beginning of the other. */
int str_cmp(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_contains(struct str s, struct str needle);

/* Index of the first byte c at or after from; s.len when there is none. */
size_t str_find(struct str s, char c, size_t from);

/* Bytes [from, to), clamped to what is there. */
struct str str_slice(struct str s, size_t from, size_t to);

/* Without ASCII white space (space, tab, CR, LF, FF, VT) at both ends. */
struct str str_trim(struct str s);

/*
 * Takes the part before the first separator off *rest and moves *rest behind it. False when *rest
 * was already used up (ptr NULL): `while (str_cut(&rest, ',', &part))` visits every part, empty
 * ones and the last one included.
 */
bool str_cut(struct str *rest, char separator, struct str *part);

/* A whole decimal number without sign, space or anything behind it; false on overflow. */
bool str_to_u64(struct str s, uint64_t *out);

/* Same length and bytes, in time that depends on the length only (secrets, tokens). */
bool str_eq_secret(struct str a, struct str b);

#endif
