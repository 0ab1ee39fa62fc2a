/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a kind of place implements: destination.c checks names and notes and passes on. The first
 * member of a place's own struct is a struct destination; `free` gives that struct back.
 */
#ifndef REPLICATE_DESTINATION_KIND_H
#define REPLICATE_DESTINATION_KIND_H

#include "replicate/destination.h"

#include <stdatomic.h>

enum { DESTINATION_TIMEOUT_MS = 30 * 1000 };

/* What is put: n parts, or `size` bytes that `read` gives, any range of them and more than once. */
struct destination_body {
    const struct str *parts;
    size_t n;
    enum err (*read)(void *context, uint64_t from, void *out, size_t n, struct why *why);
    void *context;
    uint64_t size;
};

struct destination_kind {
    enum err (*put)(struct destination *d, struct str name, const struct destination_body *body,
                    const struct destination_notes *notes, bool replace, struct why *why);
    enum err (*look)(struct destination *d, struct arena *a, struct str name,
                     struct destination_blob *out, struct why *why);
    enum err (*get)(struct destination *d, struct str name, uint64_t from, uint64_t n,
                    enum err (*take)(void *context, const void *bytes, size_t n, struct why *why),
                    void *context, struct why *why);
    enum err (*list)(struct destination *d, struct arena *a, struct str prefix, struct str after,
                     struct destination_blob **out, size_t *n, struct why *why);
    enum err (*delete)(struct destination *d, const struct str *names, size_t n, struct why *why);
    enum err (*lease)(struct destination *d, struct str name, struct str holder, int seconds,
                      struct why *why);
    enum err (*lease_end)(struct destination *d, struct str name, struct str holder,
                          struct why *why);
    void (*needs)(const struct destination *d, struct destination_needs *out);
    void (*stop)(struct destination *d);                    /* from any thread; may be NULL */
    void (*limit)(struct destination *d, int64_t until_ms); /* as destination_limit; may be NULL */
    void (*free)(struct destination *d);
};

struct destination {
    const struct destination_kind *kind;
    struct arena arena; /* for what lives as long as it */
    struct str url;
    int64_t timeout_ms;
    int64_t retry_ms; /* what the last call was asked to wait */
    atomic_bool stopped;
    const atomic_bool *stop; /* the options' */
};

struct destination_address; /* destination_url.h */

/* Each fills *out with its own struct, its kind set, the rest of struct destination left empty. */
enum err destination_file_open(struct str directory, struct destination **out, struct why *why);
struct destination *destination_null_open(void);
enum err destination_azure_open(const struct destination_options *options,
                                const struct destination_address *address, struct destination **out,
                                struct why *why);

/* A name of the contract: see destination.h. */
bool destination_name_valid(struct str name);

#endif
