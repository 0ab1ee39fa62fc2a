/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What store/ shares of the ledger's table. Private to store/. Threads: as the connection.
 */
#ifndef STORE_ERASE_INNER_H
#define STORE_ERASE_INNER_H

#include "core/erasure.h"
#include "store/connection.h"

enum err erase_read_head(struct connection *c, struct erasure_head *out, struct why *why);

/* At most `limit` entries behind number `after`, oldest first; *n of them. */
enum err erase_read(struct connection *c, uint64_t after, struct erasure *out, size_t limit,
                    size_t *n, struct why *why);

#endif
