/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of the servers of one replica leads (replica.role), and what the others do meanwhile.
 *
 *     standby_wait   until this one leads: elects by the lease (lease.h), follows while another
 *                    leads (follow.h), answers for it on the operations listener
 *     open the store, replication_open: puts the leader's first file
 *     standby_keep   behind the sandbox: the lease is renewed from now on
 *     standby_close  the lease is given back, after everything has been put
 *
 * A database that lies in the data directory while another server leads was this one's when it led
 * before. What of it never reached the replica would be lost: it is set aside, not deleted
 * (<data>/replica/set-aside-TIME), and the log says so.
 *
 * With the role primary, and without a replica, every verb does nothing. Threads: the main one.
 */
#ifndef CMD_STANDBY_H
#define CMD_STANDBY_H

#include "cmd/interrupt.h"
#include "config/config.h"
#include "replicate/lease.h"

struct standby {
    struct destination_options options;
    struct lease *lease;
};

/*
 * Returns when this server leads; the data directory has the newest database of the replica then,
 * or none when that is empty. ERR_NONE also when a signal came first (interrupt->stop). `behind`:
 * the database here was found not to continue the replica; another takes its place.
 */
enum err standby_wait(struct standby *s, const struct config *config, struct arena *a, bool behind,
                      struct interrupt *interrupt, struct why *why);

void standby_keep(struct standby *s);
void standby_close(struct standby *s);

#endif
