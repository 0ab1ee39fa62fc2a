/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that implement sealed.h share. */
#ifndef REPLICATE_SEALED_INNER_H
#define REPLICATE_SEALED_INNER_H

#include "replicate/sealed.h"

/* Which of the keys has that id; ERR_CONFIG with the remedy when none has. keys may be NULL. */
enum err sealed_find_key(const struct sealed_keys *keys, const unsigned char id[SEALED_ID_SIZE],
                         struct str name, size_t *out, struct why *why);

#endif
