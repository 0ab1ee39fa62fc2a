/* SPDX-License-Identifier: Apache-2.0 */
/* Takes everything, keeps nothing: to measure what replication costs without any place. */
#include "base/must.h"
#include "replicate/destination_kind.h"

static enum err put(struct destination *d, struct str name, const struct destination_body *body,
                    const struct destination_notes *notes, bool replace, struct why *why)
{
    (void)d, (void)name, (void)body, (void)notes, (void)replace, (void)why;
    return ERR_NONE;
}

static enum err missing(struct str name, struct why *why)
{
    return err_set(why, ERR_MISSING, "read the replica", "null: keeps nothing, so no %.*s",
                   STR_ARG(name));
}

static enum err look(struct destination *d, struct arena *a, struct str name,
                     struct destination_blob *out, struct why *why)
{
    (void)d, (void)a, (void)out;
    return missing(name, why);
}

static enum err get(struct destination *d, struct str name, uint64_t from, uint64_t n,
                    enum err (*take)(void *context, const void *bytes, size_t n, struct why *why),
                    void *context, struct why *why)
{
    (void)d, (void)from, (void)n, (void)take, (void)context;
    return missing(name, why);
}

static enum err list(struct destination *d, struct arena *a, struct str prefix, struct str after,
                     struct destination_blob **out, size_t *n, struct why *why)
{
    (void)d, (void)a, (void)prefix, (void)after, (void)out, (void)n, (void)why;
    return ERR_NONE;
}

static enum err delete (struct destination *d, const struct str *names, size_t n, struct why *why) {
    (void)d, (void)names, (void)n, (void)why; return ERR_NONE;
}

static enum err lease(struct destination *d, struct str name, struct str holder, int seconds,
                      struct why *why)
{
    (void)d, (void)name, (void)holder, (void)seconds, (void)why;
    return ERR_NONE;
}

static enum err lease_end(struct destination *d, struct str name, struct str holder,
                          struct why *why)
{
    (void)d, (void)name, (void)holder, (void)why;
    return ERR_NONE;
}

static void needs(const struct destination *d, struct destination_needs *out)
{
    (void)d, (void)out;
}

static void release(struct destination *d)
{
    free(d);
}

struct destination *destination_null_open(void)
{
    static const struct destination_kind kind = {.put = put,
                                                 .look = look,
                                                 .get = get,
                                                 .list = list,
                                                 .delete = delete,
                                                 .lease = lease,
                                                 .lease_end = lease_end,
                                                 .needs = needs,
                                                 .free = release};
    struct destination *d = calloc(1, sizeof *d);
    must(d);
    d->kind = &kind;
    return d;
}
