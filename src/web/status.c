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
#include "web/shell.h"
#include "web/state.h"

#include "pages.h"

/* The last row is for every state that is not named: nothing is open any more. */
static const struct {
    struct str state, heading, text, next;
} states[] = {
    {STR_INIT("new"), STR_INIT("We have your details"),
     STR_INIT("They are safely stored, and someone from our team reads them."), STR_EMPTY},
    {STR_INIT("contacted"), STR_INIT("We are in touch with you"),
     STR_INIT("Someone from our team has written to you or called you."),
     STR_INIT("Have you heard nothing? Look in your spam folder, then get in touch with us.")},
    {STR_INIT("proposal"), STR_INIT("You have our proposal"),
     STR_INIT("We have sent you a proposal for your project."),
     STR_INIT("Tell us what you think of it. We change what does not suit you.")},
    {STR_INIT("won"), STR_INIT("We are working together"), STR_INIT("You are our client. Welcome."),
     STR_INIT("Your contact at our team tells you about every next step.")},
    {STR_EMPTY, STR_INIT("This request is closed"), STR_INIT("We are not working on it any more."),
     STR_INIT("If you did not expect that, or something has changed, get in touch with us.")},
};

struct str status_url(struct request *r, const struct client_id *id)
{
    return arena_fmt(&r->arena, "%.*s/status/%.*s", STR_ARG(r->web->public_url),
                     STR_ARG(link_token(&r->arena, &r->web->link_key, id)));
}

/* The same answer as for any page that is not there: a forged link learns nothing. */
static void not_here(struct request *r)
{
    respond_problem(r, 404, STR("This page does not exist"),
                    STR("Check the address, or go to the start page."));
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
    char iso[CLOCK_RFC3339_SIZE];
    struct view_status v = {
        .heading = states[i].heading,
        .text = states[i].text,
        .client_id = arena_str(&r->arena, client_id_str(&id)),
        .sent_at = shell_time(&r->arena, found.created_ms),
        .sent_at_iso = arena_str(&r->arena, clock_rfc3339(found.created_ms, iso)),
        .next =
            states[i].next.len
                ? states[i].next
                : arena_fmt(&r->arena, "We write to you %.*s, at the email address you gave us.",
                            STR_ARG(r->web->config->form_reply_time)),
    };
    shell_fill(&v.shell, r, v.heading);
    v.shell.plain = true;
    page_status(respond_html(r), &v);
    respond_page(r, 200);
}
