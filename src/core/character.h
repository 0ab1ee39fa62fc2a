/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets of characters that core forgives where people type them: blanks, dashes, and the digits of
 * other scripts.
 *
 * Blanks are exactly what JavaScript's trim() and \s take for white space (ECMA-262, WhiteSpace and
 * LineTerminator), so that browser and server trim alike. Dashes are what copying from a letter or
 * a web page makes of "-". Digits are those that keyboards for Arabic (U+0660–0669), Persian and
 * Urdu (U+06F0–06F9) and East Asian languages (full-width, U+FF10–FF19) write.
 *
 * Threads: pure functions.
 */
#ifndef CORE_CHARACTER_H
#define CORE_CHARACTER_H

#include "base/arena.h"

bool character_is_blank(uint32_t code);
bool character_is_dash(uint32_t code);

/* Valid text without blanks at both ends. */
struct str character_trim(struct str s);

/* Valid text with those digits as 0–9; s itself when it has none. */
struct str character_plain_digits(struct arena *a, struct str s);

#endif
