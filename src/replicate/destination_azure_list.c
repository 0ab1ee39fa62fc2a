/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies in a place in Azure. The service lists in the order of the names and goes on from a
 * marker of its own, not from a name: when the caller goes on from where the last list ended, its
 * marker is taken up again, else everything before `after` is read over.
 */
#include "replicate/azure_list.h"
#include "replicate/destination_azure.h"

enum { ANSWER_MAX = 8 * 1024 * 1024 };

struct take {
    struct arena *arena; /* of the caller */
    struct str base;     /* what the service puts before our names: "path/" */
    struct str prefix, after;
    struct destination_blob *out;
    size_t n;
};

int64_t azure_time_ms(struct str text)
{
    char copy[64];
    struct tm tm = {0};
    snprintf(copy, sizeof copy, "%.*s", STR_ARG(text));
    const char *end = strptime(copy, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    return end && *end == '\0' ? (int64_t)timegm(&tm) * 1000 : 0;
}

/* Others' blobs may lie there: what is no name of ours is passed over. */
static void take_blob(void *context, const struct azure_list_blob *blob)
{
    struct take *t = context;
    struct str name = str_slice(blob->name, t->base.len, blob->name.len);
    if (!str_starts(blob->name, t->base) || !destination_name_valid(name) ||
        !str_starts(name, t->prefix) || str_cmp(name, t->after) <= 0 ||
        t->n == DESTINATION_LIST_MAX)
        return;
    t->out[t->n++] = (struct destination_blob){.name = arena_str(t->arena, name),
                                               .size = blob->size,
                                               .changed_ms = azure_time_ms(blob->modified)};
}

/* One answer of the service; *marker in `a`. */
static enum err page(struct azure_place *p, struct arena *a, struct take *t, struct str *marker,
                     struct why *why)
{
    struct azure_call call = {
        .method = "GET", .whole_ms = p->base.timeout_ms, .text_max = ANSWER_MAX};
    struct fetch_answer answer;
    azure_parameter(&call, STR("comp"), STR("list"));
    if (marker->len)
        azure_parameter(&call, STR("marker"), *marker);
    azure_parameter(&call, STR("maxresults"),
                    arena_fmt(a, "%zu", (size_t)DESTINATION_LIST_MAX - t->n));
    azure_parameter(&call, STR("prefix"),
                    arena_fmt(a, "%.*s%.*s", STR_ARG(t->base), STR_ARG(t->prefix)));
    azure_parameter(&call, STR("restype"), STR("container"));
    enum err e = azure_place_send(p, a, &call, &answer, why);
    if (e != ERR_NONE)
        return e;
    struct azure_list list = {.blob = take_blob, .context = t};
    if (!azure_list_read(a, answer.text, &list))
        return err_set(why, ERR_NETWORK, "list the replica",
                       "the answer is not a whole list of blobs");
    *marker = arena_str(a, list.marker);
    return ERR_NONE;
}

static void remember(struct azure_place *p, const struct take *t, struct str marker)
{
    struct arena listed = ARENA_INIT;
    p->prefix = arena_str(&listed, t->prefix);
    p->last = t->n ? arena_str(&listed, t->out[t->n - 1].name) : STR_EMPTY;
    p->marker = arena_str(&listed, marker);
    arena_release(&p->listed);
    p->listed = listed;
}

enum err azure_place_list(struct destination *d, struct arena *a, struct str prefix,
                          struct str after, struct destination_blob **out, size_t *n,
                          struct why *why)
{
    struct azure_place *p = (struct azure_place *)d;
    struct arena scratch = ARENA_INIT;
    struct take t = {.arena = a, .prefix = prefix, .after = after, .out = *out};
    struct str marker = STR_EMPTY;
    if (p->azure.path.len)
        t.base = arena_fmt(&scratch, "%.*s/", STR_ARG(p->azure.path));
    if (after.len && str_eq(after, p->last) && str_eq(prefix, p->prefix))
        marker = arena_str(&scratch, p->marker);
    enum err e;
    do
        e = page(p, &scratch, &t, &marker, why);
    while (e == ERR_NONE && marker.len && t.n < DESTINATION_LIST_MAX);
    if (e == ERR_NONE) {
        remember(p, &t, marker);
        *n = t.n;
    }
    arena_release(&scratch);
    return e;
}
