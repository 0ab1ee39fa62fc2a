/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encodings of bytes as text: hexadecimal (lower case), base64url without padding (RFC 4648 §5) for
 * what we write ourselves, and base64 with padding (§4) where others ask for it. Decoders are
 * strict: one spelling per value, nothing ignored.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/arena.h"

/* Characters that n bytes become. */
#define TEXT_HEX_LEN(n)    ((n)*2)
#define TEXT_BASE64_LEN(n) (((n)*4 + 2) / 3)

struct str text_hex(struct arena *a, struct str bytes);
/* Exactly n bytes from 2n lower-case digits. */
bool text_unhex(struct str text, void *out, size_t n);

struct str text_base64url(struct arena *a, struct str bytes);
/* The bytes of text into the arena; false when it is not canonical base64url. */
bool text_unbase64url(struct arena *a, struct str text, struct str *bytes);

/* The same with "+", "/" and "=" to a multiple of four. */
struct str text_base64(struct arena *a, struct str bytes);
bool text_unbase64(struct arena *a, struct str text, struct str *bytes);

#endif
