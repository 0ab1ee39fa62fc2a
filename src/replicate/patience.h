/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For who reads a replica and can wait: whether to ask a place again after a failure, and the pause
 * before that (retry.h). Threads: any; it sleeps.
 */
#ifndef REPLICATE_PATIENCE_H
#define REPLICATE_PATIENCE_H

#include "replicate/destination.h"

/* False: it worked, or it is not worth another try. *failures begins with 0. */
bool patience(struct destination *d, enum err e, unsigned *failures);

#endif
