/* SPDX-License-Identifier: Apache-2.0 */
#include "web/apply.h"
#include "web/html.h"
#include "web/qr.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/shell.h"
#include "web/state.h"

#include "pages.h"

/*
 * Save and come back: a link that opens the draft in another browser, or in this one after its
 * cookie is gone. The link carries what the cookie carries, id and key, so it is the secret.
 *
 * Following it changes nothing, here or in the browser: mail scanners and browsers that fetch ahead
 * do no harm, and a link from a stranger cannot take the place of the answers somebody is just
 * giving, or have them type into a draft that the stranger can read. The page says what will
 * happen; pressing its button, a POST from a page of ours, sets the cookie.
 */

void handle_saved_page(struct request *r)
{
    struct visitor_draft draft;
    if (!apply_load(r, &draft))
        return;
    if (draft.sent || !draft.exists) {
        respond_redirect(r, apply_next(&draft));
        return;
    }
    struct view_saved v = {
        .link = arena_fmt(&r->arena, "%.*s/resume/%.*s", STR_ARG(r->web->public_url),
                          STR_ARG(draft_token(&r->arena, &draft.handle))),
        .until = say_time(r, draft.expires_ms),
        .next = apply_next(&draft),
    };
    v.qr = qr_of(&r->arena, v.link);
    shell_fill(&v.shell, r, say(r, TEXT_SAVED_TITLE));
    page_saved(respond_html(r), &v);
    respond_page(r, 200);
}

/* The draft of the link; false when the request has been answered. */
static bool open_link(struct request *r, struct visitor_draft *draft)
{
    struct draft_handle handle;
    struct why why = {0};
    enum err e = ERR_MISSING;
    respond_header(r, STR("x-robots-tag"), STR("noindex, nofollow"));
    if (draft_parse_cookie(&r->arena, r->param, &handle))
        e = draft_open(r, &handle, draft, &why);
    if (e == ERR_MISSING)
        respond_problem(r, 404, say(r, TEXT_RESUME_GONE), say(r, TEXT_RESUME_GONE_TEXT));
    else if (e != ERR_NONE)
        respond_error(r, e, &why);
    return e == ERR_NONE;
}

void handle_resume_page(struct request *r)
{
    struct visitor_draft draft, here;
    if (!open_link(r, &draft) || !apply_load(r, &here))
        return;
    bool same = str_eq_secret(str_of(&draft.handle, sizeof draft.handle),
                              str_of(&here.handle, sizeof here.handle));
    struct view_resume v = {
        .action = r->path,
        .until = say_time(r, draft.expires_ms),
        .replaces = here.exists && !here.sent && !same,
    };
    shell_fill(&v.shell, r, say(r, TEXT_RESUME_TITLE));
    page_resume(respond_html(r), &v);
    respond_page(r, 200);
}

void handle_resume_continue(struct request *r)
{
    struct visitor_draft draft;
    if (!open_link(r, &draft))
        return;
    draft_set_cookie(r, &draft);
    respond_redirect(r, apply_next(&draft));
}
