/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operator's own texts in place of the catalogues', by language and key:
 *
 *     form:
 *       texts:
 *         en:
 *           start.heading: Welcome. What can we do for you?
 *           form.left: {one: "{n} character to go", other: "{n} characters to go"}
 *
 * A key may also be written as levels (start: {heading: …}). Refused, with the place: a language or
 * key that there is not (with the nearest), another kind, a placeholder too many or too few, plural
 * forms that the language has not, control characters, more than TEXTS_OWN_MAX characters, nothing.
 * What a text says is escaped where it is written: it holds no HTML.
 *
 * Memory: the config's arena. Threads: one at a time.
 */
#ifndef CONFIG_TEXTS_H
#define CONFIG_TEXTS_H

#include "config/config.h"
#include "config/tree.h"

enum { TEXTS_OWN_MAX = 2000 };

/* Reads form.texts into config->words. */
enum err texts_own_read(struct config *config, const struct tree *node, const char *name,
                        struct why *why);

/* The language of a key in the file; refused when there is no catalogue of it. */
enum err texts_language(const struct tree *entry, const char *name, enum language *out,
                        struct why *why);

#endif
