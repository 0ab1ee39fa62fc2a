/* SPDX-License-Identifier: Apache-2.0 */
#include "outage/moody.h"

#include "base/clock.h"
#include "replicate/destination_kind.h"
#include "store/trial.h"

#include <time.h>

struct moods moods;

struct moody {
    struct destination base;
    struct destination *inner;
    int64_t not_before_ms;
};

static struct moody *self(struct destination *d)
{
    return (struct moody *)d;
}

/* What becomes of the call before it reaches the place. */
static enum err before(struct moody *m, struct why *why)
{
    static const struct timespec silence = {.tv_sec = MOODY_SILENCE_MS / 1000};
    atomic_fetch_add(&moods.calls, 1);
    if (clock_monotonic_ms() < m->not_before_ms)
        atomic_fetch_add(&moods.hasty, 1);
    switch (atomic_load(&moods.mood)) {
    case MOOD_REFUSES:
        return err_set(why, ERR_NETWORK, "call", "no connection");
    case MOOD_SILENT:
        nanosleep(&silence, NULL);
        return err_set(why, ERR_NETWORK, "call", "no answer");
    case MOOD_BUSY:
        m->base.retry_ms = MOODY_RETRY_MS;
        m->not_before_ms = clock_monotonic_ms() + MOODY_RETRY_MS;
        return err_set(why, ERR_BUSY, "call", "later");
    default:
        return ERR_NONE;
    }
}

static enum err after(enum err e, struct why *why)
{
    if (!e && atomic_load(&moods.mood) == MOOD_LOSES)
        return err_set(why, ERR_NETWORK, "call", "the answer is lost");
    return e;
}

static enum err put(struct destination *d, struct str name, const struct destination_body *body,
                    const struct destination_notes *notes, bool replace, struct why *why)
{
    struct destination *inner = self(d)->inner;
    enum err e = before(self(d), why);
    if (!e)
        e = inner->kind->put(inner, name, body, notes, replace, why);
    if (!e)
        atomic_fetch_add(&moods.puts, 1);
    return after(e, why);
}

static enum err look(struct destination *d, struct arena *a, struct str name,
                     struct destination_blob *out, struct why *why)
{
    struct destination *inner = self(d)->inner;
    enum err e = before(self(d), why);
    return e ? e : after(inner->kind->look(inner, a, name, out, why), why);
}

static enum err get(struct destination *d, struct str name, uint64_t from, uint64_t n,
                    enum err (*take)(void *context, const void *bytes, size_t n, struct why *why),
                    void *context, struct why *why)
{
    struct destination *inner = self(d)->inner;
    enum err e = before(self(d), why);
    return e ? e : after(inner->kind->get(inner, name, from, n, take, context, why), why);
}

static enum err list(struct destination *d, struct arena *a, struct str prefix, struct str from,
                     struct destination_blob **out, size_t *n, struct why *why)
{
    struct destination *inner = self(d)->inner;
    enum err e = before(self(d), why);
    return e ? e : after(inner->kind->list(inner, a, prefix, from, out, n, why), why);
}

static enum err delete_all(struct destination *d, const struct str *names, size_t n,
                           struct why *why)
{
    struct destination *inner = self(d)->inner;
    enum err e = before(self(d), why);
    return e ? e : after(inner->kind->delete (inner, names, n, why), why);
}

static void release(struct destination *d)
{
    destination_free(self(d)->inner);
    free(d);
}

struct destination *moody_open(const char *directory)
{
    static const struct destination_kind kind = {
        .put = put, .look = look, .get = get, .list = list, .delete = delete_all, .free = release};
    char url[128];
    struct why why;
    struct moody *m = calloc(1, sizeof *m);
    assert_non_null(m);
    m->base = (struct destination){.kind = &kind, .url = STR("file:"), .timeout_ms = 1000};
    snprintf(url, sizeof url, "file://%s", directory);
    const struct destination_options options = {.url = str_from(url)};
    trial_must(destination_open(&options, &m->inner, &why), &why);
    return &m->base;
}
