/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that people typed: UTF-8 (RFC 3629: no overlong forms, no surrogates, ≤ U+10FFFF), composed
 * (Unicode NFC, by utf8proc). Lengths that people are told count code points.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/arena.h"

bool utf8_valid(struct str s);

/* Code points in valid text. */
size_t utf8_length(struct str s);

/* The composed form (NFC) of valid text; s itself when it already is. */
struct str utf8_compose(struct arena *a, struct str s);

/*
 * True when valid text holds a control character (C0, DEL, C1; U+2028/2029; bidirectional overrides
 * and isolates U+202A–202E, U+2066–2069; U+FEFF; non-characters) other than, when lines is true,
 * LF.
 */
bool utf8_has_control(struct str s, bool lines);

#endif
