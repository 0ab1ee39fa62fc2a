/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger of erasures beside a replica: erasures/NUMBER, one blob an entry (core/erasure.h).
 *
 *     file N with the erasure ─▶ in its slot ─▶ its entries are put ─▶ the erasure is answered
 *
 * A file of the replica is put first, and then the entries of what was erased in it: so only the
 * writer whose slot it was adds to the ledger, and the ledger never says more than the newest file.
 * What a file knows of the ledger stands in its notes (notes.h): its last number and hash. A ledger
 * that ends before that, after a crash or because somebody deleted from it, is completed by the
 * next server of that replica, from its database.
 *
 * Who restores a point from before erases again all that the newest file knows of and the point
 * does not (ledger_read): when an entry is missing or is not the one the chain asks for, nothing is
 * restored. The newest point needs no ledger: what was erased is not in it.
 *
 * What is trusted: the chain and the notes show what was changed or is missing; who may write both
 * can make them agree. Encrypted replicas have neither readable nor forgeable entries.
 *
 * Threads: as the destination's.
 */
#ifndef REPLICATE_LEDGER_H
#define REPLICATE_LEDGER_H

#include "core/erasure.h"
#include "replicate/destination.h"
#include "replicate/notes.h"

enum { LEDGER_NAME_SIZE = 32 };

/* "erasures/0000000000000011" */
struct str ledger_name(uint64_t number, char out[LEDGER_NAME_SIZE]);

/* The entries from 1 on without a gap: how many there are; *last: the highest number there is. */
enum err ledger_count(struct destination *d, uint64_t *whole, uint64_t *last, struct why *why);

/* ERR_NONE: it is there. ERR_CONFLICT: another one is. txid: of the file with it, for who looks at
 * the notes; 0: not known. */
enum err ledger_put(struct destination *d, const struct erasure *entry, uint64_t txid,
                    struct why *why);

/* One entry. ERR_MISSING, ERR_DATA. */
enum err ledger_get(struct destination *d, uint64_t number, struct erasure *out, struct why *why);

/*
 * The entries behind `from` up to number `upto`, *n of them, in the arena: checked to be a chain,
 * and to end with `to` (NULL: not known). ERR_DATA with a remedy: it is not whole, or not that one.
 * Tried again for a while.
 */
enum err ledger_read(struct destination *d, struct arena *a, const struct erasure_head *from,
                     uint64_t upto, const struct erasure_head *to, struct erasure **out, size_t *n,
                     struct why *why);

#endif
