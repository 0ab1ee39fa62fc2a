/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that people typed: UTF-8 (RFC 3629: no overlong forms, no surrogates, ≤ U+10FFFF), composed
 * (Unicode NFC, by utf8proc). Lengths that people are told count code points.
 *
 * Text that came from outside goes through utf8_valid once; the verbs that say "valid text" rely on
 * it. Memory: only utf8_compose allocates, from the arena it is given. Threads: pure functions.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/arena.h"

bool utf8_valid(struct str s);

/*
 * The code point that begins at byte `at` and the bytes it takes (1–4). 0 when no well-formed
 * sequence begins there, or at the end; then *code is U+FFFD, what a reader shows for that byte.
 */
size_t utf8_decode(struct str s, size_t at, uint32_t *code);

/* Code points in valid text. */
size_t utf8_length(struct str s);

/* The composed form (NFC) of valid text; s itself when it already is. */
struct str utf8_compose(struct arena *a, struct str s);

/* Valid text for comparing: simple lower case, without white space (Unicode's Z categories and the
 * ASCII ones). */
struct str utf8_fold(struct arena *a, struct str s);

/*
 * A code point that has no business in what a person typed: C0, DEL, C1; U+2028/2029; bidirectional
 * overrides and isolates U+202A–202E, U+2066–2069; U+FEFF; non-characters.
 */
bool utf8_is_control(uint32_t code);

/* True when valid text holds such a code point other than, when lines is true, LF. */
bool utf8_has_control(struct str s, bool lines);

#endif
