/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proof of consent: the words a visitor agreed to, kept once for each version and language. A
 * submission names both (consent_version, locale).
 *
 * Other words under a version that somebody agreed to already would make every proof doubtful, so
 * the server does not start with them. As long as nobody did, an operator may polish the text.
 *
 * Threads: between store_open and writer_start, as those.
 */
#ifndef STORE_CONSENT_H
#define STORE_CONSENT_H

#include "base/err.h"

struct store;

/* ERR_CONFIG with the remedy when the version is in use with other words. */
enum err consent_keep(struct store *store, struct str version, struct str language, struct str text,
                      struct why *why);

#endif
