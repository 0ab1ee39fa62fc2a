/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json_memory.h"

static void *json_alloc(void *context, size_t size)
{
    return arena_alloc(context, size);
}

static void *json_realloc(void *context, void *old, size_t old_size, size_t size)
{
    void *p = arena_alloc(context, size);
    memcpy(p, old, old_size < size ? old_size : size);
    return p;
}

static void json_free(void *context, void *p)
{
    (void)context;
    (void)p;
}

yyjson_alc json_memory(struct arena *a)
{
    return (yyjson_alc){json_alloc, json_realloc, json_free, a};
}
