/* SPDX-License-Identifier: Apache-2.0 */
#include "web/kept_form.h"

#include "base/clock.h"
#include "base/seal.h"
#include "base/text.h"
#include "core/urlencoded.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/shell.h"
#include "web/staff.h"
#include "web/state.h"

#include "pages.h"

enum { KEPT_MS = 30 * 60 * 1000, NUMBER = 8, SHOWN_LEAST = 20, BODY_MOST = 64 * 1024 };

static const struct str use = STR_INIT("kept form");

static void put(char *out, uint64_t n)
{
    for (int i = 0; i < NUMBER; i++)
        out[i] = (char)(n >> (56 - 8 * i));
}

static uint64_t get(struct str bytes)
{
    uint64_t n = 0;
    for (int i = 0; i < NUMBER; i++)
        n = n << 8 | (unsigned char)bytes.ptr[i];
    return n;
}

static struct str word(struct request *r, int64_t person)
{
    size_t n = 2 * (size_t)NUMBER + r->path.len;
    char *plain = arena_alloc(&r->arena, n);
    put(plain, (uint64_t)clock_wall_ms());
    put(plain + NUMBER, (uint64_t)person);
    memcpy(plain + 2 * (size_t)NUMBER, r->path.ptr, r->path.len);
    return text_base64url(&r->arena, seal(&r->arena, r->web->staff_key, use, str_of(plain, n)));
}

/* Every control of the form but those that the word stands for. */
static void read_controls(struct request *r, struct view_kept *v)
{
    struct urlencoded u;
    struct str name, value;
    struct view_control *items =
        arena_new_array(&r->arena, struct view_control, URLENCODED_PAIRS_MAX);
    urlencoded_init(&u, r->body);
    while (urlencoded_next(&u, &r->arena, &name, &value)) {
        if (str_eq(name, STR("csrf")) || str_eq(name, STR("kept")))
            continue;
        items[v->controls.n++] = (struct view_control){name, value};
        if (value.len >= SHOWN_LEAST && value.len > v->shown.len)
            v->shown = value;
    }
    v->controls.items = items;
}

bool kept_form_offer(struct request *r)
{
    struct session_hash ended;
    int64_t person;
    unsigned flags = r->route->flags;
    if (!(flags & ROUTE_FORM) || r->body.len > BODY_MOST || (flags & (ROUTE_GUESS | ROUTE_EARLY)) ||
        !staff_cookie(r, &ended) ||
        !staff_csrf_of(r, &ended, request_field(r, STR("csrf")), &person))
        return false;
    struct view_kept v = {.action = r->path, .word = word(r, person)};
    read_controls(r, &v);
    shell_fill(&v.shell, r, say(r, TEXT_AUTH_KEPT_TITLE));
    v.shell.plain = true;
    v.shell.languages.n = 0; /* their links would lead to an address that only takes forms */
    page_kept(respond_html(r), &v);
    respond_page(r, 403);
    return true;
}

bool kept_form_is(struct request *r)
{
    struct str bytes, plain;
    if (!text_unbase64url(&r->arena, request_field(r, STR("kept")), &bytes) ||
        !seal_open(&r->arena, r->web->staff_key, use, bytes, &plain) ||
        plain.len < 2 * (size_t)NUMBER)
        return false;
    uint64_t age_ms = (uint64_t)clock_wall_ms() - get(plain);
    int64_t person = (int64_t)get(str_slice(plain, NUMBER, plain.len));
    return age_ms < KEPT_MS && person == r->staff->person &&
           str_eq(str_slice(plain, 2 * (size_t)NUMBER, plain.len), r->path);
}
