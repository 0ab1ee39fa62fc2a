/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A place whose files are encrypted (sealed.h) on the way in and decrypted on the way out. Every
 * place is opened behind one of these (destination_open), so who ships, merges, restores, follows
 * and looks knows nothing of it.
 *
 * What is put is encrypted with the first key, and leases are not. What is read may be encrypted
 * with any of the keys, or not at all: a replica that was begun without encryption is read on. With
 * no key what is encrypted is refused (ERR_CONFIG, with the remedy), by its notes or first bytes.
 *
 * Names stay as they are: the fence of the replica is a name. A list has stored sizes.
 */
#ifndef REPLICATE_DESTINATION_SEALED_H
#define REPLICATE_DESTINATION_SEALED_H

#include "replicate/destination.h"

/* Takes `inner`, which goes with it. keys may be NULL; only: what is not encrypted is refused. */
struct destination *destination_sealed_open(struct destination *inner,
                                            const struct sealed_keys *keys, bool only);

#endif
