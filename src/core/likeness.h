/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this the company, or the address, that wrote before? A hint for staff, never a decision.
 *
 * Two texts are alike when they are the same without white space and without the difference between
 * upper and lower case: "ACME  GmbH" and "Acme GmbH". They are compared as numbers: the first 63
 * bits of the SHA-256 of what is left, so that an index of them is small and holds no names.
 *
 * Memory: scratch in the arena. Threads: pure functions.
 */
#ifndef CORE_LIKENESS_H
#define CORE_LIKENESS_H

#include "core/form.h"

struct likeness {
    int64_t company, email; /* 0: not given */
};

struct likeness likeness_of(struct arena *a, const struct form *form);

#endif
