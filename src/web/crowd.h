/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many connections one client holds at a time: counted in memory of fixed size.
 *
 * A client (peer_key: an IPv4 address, an IPv6 /64) is counted in CROWD_ROWS cells that a keyed
 * hash chooses, and holds as many as the least of them says: a cell that it shares with another
 * makes it count too much only when all of its cells do. Nobody outside can tell who shares.
 * An IPv6 network of 48 bits, which one customer may have, is counted as well and may hold
 * CROWD_SITE times as many. No address is kept.
 *
 * Threads: any; the cells are atomics. Two who come at once at the limit may both be refused.
 */
#ifndef WEB_CROWD_H
#define WEB_CROWD_H

#include "core/network.h"

enum { CROWD_CELLS = 65536, CROWD_ROWS = 2, CROWD_SITE = 8 };

struct crowd;

/* Where a connection is counted, for crowd_leave. */
struct crowd_place {
    unsigned cells[2 * CROWD_ROWS];
    unsigned n; /* 0: nowhere */
};

/* most: connections of one client; 0: no limit, nothing is counted. */
struct crowd *crowd_new(unsigned most);
void crowd_free(struct crowd *crowd); /* NULL is fine */

/* One more connection of that address; false when it holds as many as it may. */
bool crowd_enter(struct crowd *crowd, const struct ip *client, struct crowd_place *place);
void crowd_leave(struct crowd *crowd, struct crowd_place *place);

#endif
