/* SPDX-License-Identifier: Apache-2.0 */
#include "web/queue_url.h"

#include "base/buf.h"
#include "core/urlencoded.h"

#include <stddef.h>

enum { URL_MAX = 32 * 1024 };

struct part {
    struct str name;
    size_t offset; /* of a struct str in struct queue_url */
};

#define PART(name)                                                                                 \
    {                                                                                              \
        STR_INIT(#name), offsetof(struct queue_url, name)                                          \
    }

/* In the order of an address; what is not a filter comes last. */
static const struct part parts[] = {PART(q),  PART(status), PART(owner),  PART(service), PART(from),
                                    PART(to), PART(sort),   PART(cursor), PART(done)};

enum { PARTS = sizeof parts / sizeof *parts, FILTERS = PARTS - 2 };

static const struct str sorts[] = {
    [SEARCH_NEWEST] = STR_INIT("newest"),
    [SEARCH_OLDEST] = STR_INIT("oldest"),
    [SEARCH_COMPANY] = STR_INIT("company"),
};

enum { SORTS = sizeof sorts / sizeof *sorts };

static struct str *value_of(struct queue_url *url, size_t part)
{
    return (struct str *)(void *)((char *)url + parts[part].offset);
}

static struct str read_value(const struct queue_url *url, size_t part)
{
    return *(const struct str *)(const void *)((const char *)url + parts[part].offset);
}

void queue_url_read(struct arena *a, struct str query, struct queue_url *out)
{
    *out = (struct queue_url){0};
    struct urlencoded u;
    struct str name, value;
    struct why why;
    urlencoded_init(&u, query);
    while (urlencoded_next(&u, a, &name, &value))
        for (size_t i = 0; i < PARTS; i++)
            if (str_eq(parts[i].name, name) && !value_of(out, i)->len)
                *value_of(out, i) = str_trim(value);
    out->broken = urlencoded_end(&u, &why) != ERR_NONE;
    if (queue_url_sort(out) == SEARCH_NEWEST)
        out->sort = STR_EMPTY;
}

static struct str write_parts(struct arena *a, const struct queue_url *url, const char *before,
                              size_t n)
{
    struct buf out;
    buf_init(&out, URL_MAX);
    for (size_t i = 0; i < n; i++) {
        struct str value = read_value(url, i);
        if (!value.len)
            continue;
        buf_fmt(&out, "%s%.*s=", out.len ? "&" : before, STR_ARG(parts[i].name));
        urlencoded_escape(&out, value);
    }
    struct str text = buf_ok(&out) ? arena_str(a, buf_view(&out)) : STR_EMPTY;
    buf_release(&out);
    return text;
}

struct str queue_url_filter(struct arena *a, const struct queue_url *url)
{
    return write_parts(a, url, "", FILTERS);
}

struct str queue_url_write(struct arena *a, const struct queue_url *url)
{
    struct str text = write_parts(a, url, "/staff?", PARTS);
    return text.len ? text : STR("/staff");
}

bool queue_url_is_filtered(const struct queue_url *url)
{
    return url->q.len || url->status.len || url->owner.len || url->service.len || url->from.len ||
           url->to.len;
}

enum search_sort queue_url_sort(const struct queue_url *url)
{
    for (size_t i = 0; i < SORTS; i++)
        if (str_eq(sorts[i], url->sort))
            return (enum search_sort)i;
    return SEARCH_NEWEST;
}

struct str queue_sort_name(enum search_sort sort)
{
    return sorts[sort];
}

void queue_url_ask(struct arena *a, const struct search_names *names, const struct queue_url *url,
                   struct search_query *out)
{
    search_parse(a, names, url->q, out);
    search_filter(a, names, STR("status"), url->status, out);
    search_filter(a, names, STR("owner"), url->owner, out);
    search_filter(a, names, STR("service"), url->service, out);
    search_filter(a, names, STR("from"), url->from, out);
    search_filter(a, names, STR("to"), url->to, out);
    out->sort = queue_url_sort(url);
}
