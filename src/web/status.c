/* SPDX-License-Identifier: Apache-2.0 */
#include "web/status.h"

#include "base/clock.h"
#include "config/config.h"
#include "store/reader.h"
#include "web/html.h"
#include "web/link.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/shell.h"
#include "web/state.h"

#include "pages.h"

/* The last row is for every state that is not named: nothing is open any more. */
static const struct {
    struct str state;
    enum text heading, text, next;
} states[] = {
    {STR_INIT("new"), TEXT_STATUS_NEW, TEXT_STATUS_NEW_TEXT, TEXT_STATUS_NEW_NEXT},
    {STR_INIT("contacted"), TEXT_STATUS_CONTACTED, TEXT_STATUS_CONTACTED_TEXT,
     TEXT_STATUS_CONTACTED_NEXT},
    {STR_INIT("proposal"), TEXT_STATUS_PROPOSAL, TEXT_STATUS_PROPOSAL_TEXT,
     TEXT_STATUS_PROPOSAL_NEXT},
    {STR_INIT("won"), TEXT_STATUS_WON, TEXT_STATUS_WON_TEXT, TEXT_STATUS_WON_NEXT},
    {STR_INIT(""), TEXT_STATUS_CLOSED, TEXT_STATUS_CLOSED_TEXT, TEXT_STATUS_CLOSED_NEXT},
};

struct str status_url(struct request *r, const struct client_id *id)
{
    return arena_fmt(&r->arena, "%.*s/status/%.*s", STR_ARG(r->web->public_url),
                     STR_ARG(link_token(&r->arena, &r->web->link_key, id)));
}

/* The same answer as for any page that is not there: a forged link learns nothing. */
static void not_here(struct request *r)
{
    respond_problem(r, 404, say(r, TEXT_PROBLEM_MISSING), say(r, TEXT_PROBLEM_MISSING_TEXT));
}

void handle_status_page(struct request *r)
{
    respond_header(r, STR("x-robots-tag"), STR("noindex, nofollow"));
    struct client_id id;
    if (!link_read(&r->arena, &r->web->link_key, r->param, &id)) {
        not_here(r);
        return;
    }
    struct submission_state found;
    struct why why = {0};
    enum err e = reader_state(r->loop->reader, &r->arena, &id, &found, &why);
    if (e == ERR_MISSING) {
        not_here(r);
        return;
    }
    if (e != ERR_NONE) {
        respond_error(r, e, &why);
        return;
    }
    size_t i = 0;
    while (states[i].state.len && !str_eq(states[i].state, found.status))
        i++;
    char iso[CLOCK_RFC3339_SIZE], safe_iso[CLOCK_RFC3339_SIZE];
    struct view_status v = {
        .heading = say(r, states[i].heading),
        .text = say(r, states[i].text),
        .client_id = arena_str(&r->arena, client_id_str(&id)),
        .sent_at = say_time(r, found.created_ms),
        .sent_at_iso = arena_str(&r->arena, clock_rfc3339(found.created_ms, iso)),
        .safe = found.safe_ms != 0,
        .safe_since = found.safe_ms ? say_time(r, found.safe_ms) : STR_EMPTY,
        .safe_since_iso = arena_str(&r->arena, clock_rfc3339(found.safe_ms, safe_iso)),
        .next = say_with(r, states[i].next, "reply_time", say(r, TEXT_NEXT_REPLY_TIME)),
    };
    shell_fill(&v.shell, r, v.heading);
    v.shell.plain = true;
    page_status(respond_html(r), &v);
    respond_page(r, 200);
}
