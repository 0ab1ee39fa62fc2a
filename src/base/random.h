/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random bytes from the system (getrandom), for keys, tokens and Client IDs. Never fails: a kernel
 * without randomness ends the process. core/ never draws: it is handed the bytes.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>

void random_bytes(void *out, size_t n);

#endif
