/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of our languages a browser would like best: Accept-Language (RFC 9110 §12.5.4) with
 * quality values, by lookup (RFC 4647 §3.4): a range that we do not have is shortened from its end
 * until one fits, "de-CH-1996" → "de-CH" → "de". The highest quality wins, then the earlier place.
 * "*" stands for every language that no other range names. q=0 rules a language out, and all that
 * is left out is unknown.
 *
 * Ranges that are not of that shape are passed over, and so is what follows the first
 * ACCEPT_LANGUAGE_MAX of them.
 *
 * Threads: a pure function.
 */
#ifndef CORE_ACCEPT_LANGUAGE_H
#define CORE_ACCEPT_LANGUAGE_H

#include "base/str.h"

enum { ACCEPT_LANGUAGE_MAX = 32 };

/*
 * The index among n codes ("en", "pt-BR"); only those whose bit is set in `offered` count.
 * `fallback` when the header names none of them.
 */
unsigned accept_language(struct str header, const struct str *codes, unsigned n, unsigned offered,
                         unsigned fallback);

#endif
