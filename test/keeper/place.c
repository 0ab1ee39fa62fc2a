/* SPDX-License-Identifier: Apache-2.0 */
#include "keeper/place.h"

#include "lib/expect.h"

#include <unistd.h>

enum { BLOBS_MAX = 20000 };

struct place place;

void place_clear(void)
{
    for (size_t i = 0; i < place.n; i++)
        free(place.blobs[i].bytes);
    free(place.blobs);
    place = (struct place){.blobs = calloc(BLOBS_MAX, sizeof(struct place_blob))};
    assert_non_null(place.blobs);
}

struct destination *place_open(void)
{
    place.calls = 0;
    place.dies_at = 0;
    return (struct destination *)&place;
}

void destination_free(struct destination *d)
{
    (void)d;
}

void destination_stop(struct destination *d)
{
    (void)d;
}

int64_t destination_retry_ms(const struct destination *d)
{
    (void)d;
    return 0;
}

static size_t place_of(struct str name)
{
    size_t i = 0;
    while (i < place.n && str_cmp(str_from(place.blobs[i].name), name) < 0)
        i++;
    return i;
}

static struct place_blob *find(struct str name)
{
    size_t i = place_of(name);
    return i < place.n && str_eq(str_from(place.blobs[i].name), name) ? &place.blobs[i] : NULL;
}

struct place_blob *place_find(const char *name)
{
    return find(str_from(name));
}

/* Counts the call; the answer that is lost, if any: before (false) or after it is done. */
static bool dead(bool after)
{
    if (!after)
        place.calls++;
    return place.dies_at && (place.calls > place.dies_at ||
                             (place.calls == place.dies_at && (after || !place.after)));
}

static enum err lost(struct why *why)
{
    return err_set(why, ERR_NETWORK, "reach the place", "it does not answer");
}

enum err destination_put_file(struct destination *d, struct str name, int fd, uint64_t size,
                              const struct destination_notes *notes, struct why *why)
{
    (void)d;
    if (dead(false))
        return lost(why);
    if (find(name))
        return err_set(why, ERR_CONFLICT, "put", "it is there");
    assert_true(place.n < BLOBS_MAX);
    size_t i = place_of(name);
    memmove(&place.blobs[i + 1], &place.blobs[i], (place.n++ - i) * sizeof place.blobs[0]);
    struct place_blob *b = &place.blobs[i];
    *b = (struct place_blob){.size = size, .bytes = malloc(size + 1), .changed_ms = place.now_ms};
    assert_non_null(b->bytes);
    assert_true(pread(fd, b->bytes, size, 0) == (ssize_t)size);
    snprintf(b->name, sizeof b->name, "%.*s", STR_ARG(name));
    for (; b->notes_n < notes->n; b->notes_n++) {
        snprintf(b->notes[b->notes_n].key, 32, "%.*s", STR_ARG(notes->items[b->notes_n].key));
        snprintf(b->notes[b->notes_n].value, 256, "%.*s", STR_ARG(notes->items[b->notes_n].value));
    }
    return dead(true) ? lost(why) : ERR_NONE;
}

/* What is not of the log is not kept. */
enum err destination_replace(struct destination *d, struct str name, struct str content,
                             const struct destination_notes *notes, struct why *why)
{
    (void)d, (void)name, (void)content, (void)notes;
    return dead(false) || dead(true) ? lost(why) : ERR_NONE;
}

static void describe(struct arena *a, const struct place_blob *b, struct destination_blob *out)
{
    *out = (struct destination_blob){
        .name = arena_str(a, str_from(b->name)), .size = b->size, .changed_ms = b->changed_ms};
}

enum err destination_look(struct destination *d, struct arena *a, struct str name,
                          struct destination_blob *out, struct why *why)
{
    (void)d;
    if (dead(false))
        return lost(why);
    const struct place_blob *b = find(name);
    if (!b)
        return err_set(why, ERR_MISSING, "look", "%.*s", STR_ARG(name));
    describe(a, b, out);
    for (; out->notes.n < b->notes_n; out->notes.n++)
        out->notes.items[out->notes.n] =
            (struct destination_note){arena_str(a, str_from(b->notes[out->notes.n].key)),
                                      arena_str(a, str_from(b->notes[out->notes.n].value))};
    return ERR_NONE;
}

enum err destination_get(struct destination *d, struct str name, uint64_t from, uint64_t n,
                         enum err (*take)(void *context, const void *bytes, size_t n,
                                          struct why *why),
                         void *context, struct why *why)
{
    (void)d;
    if (dead(false))
        return lost(why);
    place.fetches++;
    const struct place_blob *b = find(name);
    if (!b)
        return err_set(why, ERR_MISSING, "get", "%.*s", STR_ARG(name));
    size_t end = from + n < b->size ? from + n : b->size;
    return take(context, b->bytes + from, end - from, why);
}

enum err destination_list(struct destination *d, struct arena *a, struct str prefix,
                          struct str after, struct destination_blob **out, size_t *n,
                          struct why *why)
{
    (void)d;
    if (dead(false))
        return lost(why);
    *out = arena_new_array(a, struct destination_blob, DESTINATION_LIST_MAX);
    *n = 0;
    for (size_t i = place_of(prefix); i < place.n && *n < DESTINATION_LIST_MAX; i++) {
        struct str name = str_from(place.blobs[i].name);
        if (str_starts(name, prefix) && str_cmp(name, after) > 0)
            describe(a, &place.blobs[i], &(*out)[(*n)++]);
    }
    return ERR_NONE;
}

/* Dying after it: every second one is gone. A place may delete them in any order. */
enum err destination_delete(struct destination *d, const struct str *names, size_t n,
                            struct why *why)
{
    (void)d;
    if (dead(false))
        return lost(why);
    bool dying = place.dies_at == place.calls;
    for (size_t i = 0; i < n; i++) {
        struct place_blob *b = find(names[i]);
        if (!b || (dying && i % 2 == 0))
            continue;
        free(b->bytes);
        memmove(b, b + 1, (size_t)(place.blobs + --place.n - b) * sizeof *b);
    }
    return dead(true) ? lost(why) : ERR_NONE;
}
