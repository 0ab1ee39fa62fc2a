/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yyjson's memory from an arena: nothing is given back before the arena is.
 *
 * Threads: as the arena.
 */
#ifndef CORE_JSON_MEMORY_H
#define CORE_JSON_MEMORY_H

#include "base/arena.h"

#include <yyjson.h>

yyjson_alc json_memory(struct arena *a);

#endif
