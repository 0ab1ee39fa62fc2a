/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A place in a directory that is not always well: all its handles have the same mood, and count
 * what is asked of them.
 */
#ifndef OUTAGE_MOODY_H
#define OUTAGE_MOODY_H

#include "replicate/destination.h"

#include <stdatomic.h>

enum mood {
    MOOD_WELL,
    MOOD_REFUSES, /* no connection */
    MOOD_SILENT,  /* takes it and does not answer: 30 seconds, then ERR_NETWORK */
    MOOD_BUSY,    /* 503, or 429, with a Retry-After of MOODY_RETRY_MS */
    MOOD_LOSES    /* does what it is told, and the answer is lost */
};

enum { MOODY_SILENCE_MS = 30 * 1000, MOODY_RETRY_MS = 120 * 1000 };

struct moods {
    atomic_int mood;
    atomic_uint calls, puts; /* puts: that were done */
    atomic_uint hasty;       /* calls of a handle before the end of what it was asked to wait */
};

extern struct moods moods;

struct destination *moody_open(const char *directory);

#endif
