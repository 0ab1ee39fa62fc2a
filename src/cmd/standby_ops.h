/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations listener of a server that follows and does not serve yet: /livez is fine, /readyz
 * is 503 and says why, /metrics says how far it is. It is all there is until the server leads; then
 * the real one takes its place on the same address. One request per connection, nothing read but
 * its first line.
 *
 * Threads: opened and closed by one; it answers on its own, and standby_ops_say is from any.
 */
#ifndef CMD_STANDBY_OPS_H
#define CMD_STANDBY_OPS_H

#include "base/err.h"

struct standby_ops;

/* listen: as in server.ops_listen; empty: none, and *out is NULL. */
enum err standby_ops_open(struct str listen, struct standby_ops **out, struct why *why);
void standby_ops_say(struct standby_ops *o, const char *reason); /* NULL is fine */
void standby_ops_close(struct standby_ops *o);                   /* NULL is fine */

#endif
