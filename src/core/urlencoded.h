/* SPDX-License-Identifier: Apache-2.0 */
/*
 * application/x-www-form-urlencoded (WHATWG URL Standard §5): name=value pairs joined by "&", "+"
 * for a space, %XX for a byte. Bodies of forms and query strings.
 *
 *     urlencoded_init(&u, body);
 *     while (urlencoded_next(&u, a, &name, &value)) …
 *     if (urlencoded_end(&u, why) != ERR_NONE) …
 *
 * Stricter than the standard, which never fails: a "%" without two hexadecimal digits, bytes that
 * are not UTF-8, NUL, and more than URLENCODED_PAIRS_MAX pairs end the reading with ERR_INPUT. An
 * empty piece between two "&" is passed over; a piece without "=" is a name with an empty value.
 *
 * Memory: names and values are views into the arena or, where nothing was escaped, the body.
 * Threads: one at a time.
 */
#ifndef CORE_URLENCODED_H
#define CORE_URLENCODED_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum { URLENCODED_PAIRS_MAX = 512 };

struct urlencoded {
    struct str rest;
    size_t pairs;        /* read so far */
    const char *problem; /* a sentence once something was refused, else NULL */
};

void urlencoded_init(struct urlencoded *u, struct str body);

/* The next pair, decoded; false at the end and at the first thing refused. */
bool urlencoded_next(struct urlencoded *u, struct arena *a, struct str *name, struct str *value);

/* ERR_NONE when everything was in order so far, else ERR_INPUT and why. */
enum err urlencoded_end(const struct urlencoded *u, struct why *why);

/* One name or value in escaped form: letters, digits, "*-._" as they are, a space as "+". */
void urlencoded_escape(struct buf *out, struct str text);

#endif
