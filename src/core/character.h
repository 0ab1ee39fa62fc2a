/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two sets of characters that core forgives where people type them: blanks and dashes.
 *
 * Blanks are exactly what JavaScript's trim() and \s take for white space (ECMA-262, WhiteSpace and
 * LineTerminator), so that browser and server trim alike. Dashes are what copying from a letter or
 * a web page makes of "-".
 *
 * Threads: pure functions.
 */
#ifndef CORE_CHARACTER_H
#define CORE_CHARACTER_H

#include "base/str.h"

bool character_is_blank(uint32_t code);
bool character_is_dash(uint32_t code);

/* Valid text without blanks at both ends. */
struct str character_trim(struct str s);

#endif
