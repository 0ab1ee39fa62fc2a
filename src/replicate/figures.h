/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the replica is, as metrics (anteroom_replica_*): the numbers of status.json (report.h).
 * What is not known yet (no drill was made, the replica was not listed) is left out, so that it
 * cannot be taken for 0. Threads: any.
 */
#ifndef REPLICATE_FIGURES_H
#define REPLICATE_FIGURES_H

#include "base/exposition.h"
#include "replicate/keeper.h"
#include "replicate/replicator.h"

void figures_replicator(struct exposition *x, const struct replicator_state *r);
void figures_keeper(struct exposition *x, const struct keeper_state *k);

#endif
