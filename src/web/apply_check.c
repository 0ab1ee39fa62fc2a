/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "config/config.h"
#include "core/form_extra.h"
#include "core/urlencoded.h"
#include "store/funnel.h"
#include "web/apply.h"
#include "web/html.h"
#include "web/proof.h"
#include "web/qr.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/shell.h"
#include "web/state.h"
#include "web/status.h"
#include "web/ticket.h"
#include "web/view_form.h"

#include "pages.h"

#include <mbedtls/sha256.h>

/* One visit: its draft, and the proof of work that the form brought or is asked for. */
struct visit {
    struct visitor_draft draft;
    struct proof proof;
};

static void show(struct request *r, const struct visit *visit, const struct findings *findings,
                 struct str notice, int status)
{
    const struct visitor_draft *draft = &visit->draft;
    const struct form_rules *rules = &r->web->config->rules;
    struct view_check v = {
        .notice = notice,
        .challenge = visit->proof.ask,
        .company = view_answers_of(&r->arena, rules, STEP_COMPANY, &draft->form),
        .engagement = view_answers_of(&r->arena, rules, STEP_ENGAGEMENT, &draft->form),
        .errors = view_errors_elsewhere(&r->arena, rules, findings),
    };
    shell_fill(&v.shell, r, STR("Check your answers"));
    v.shell.has_errors = findings->n > 0;
    page_check(respond_html(r), &v);
    respond_page(r, status);
}

/* The draft is whole and not yet sent; otherwise the visitor is led where they belong. */
static bool load_whole(struct request *r, struct visitor_draft *draft)
{
    if (!apply_load(r, draft))
        return false;
    if (draft->sent || draft->finished != FORM_ALL) {
        respond_redirect(r, apply_next(draft));
        return false;
    }
    return true;
}

void handle_check_page(struct request *r)
{
    struct visit visit = {0};
    struct findings findings = {0};
    if (!load_whole(r, &visit.draft))
        return;
    /* The operator may have changed the choices since the answers were given. */
    form_validate(&r->arena, &r->web->config->rules, FORM_ALL, &visit.draft.form, &findings);
    show(r, &visit, &findings, STR_EMPTY, 200);
}

static void sent(struct request *r, struct job *job, struct ticket *ticket)
{
    struct visit *visit = job->context;
    (void)ticket;
    if (job->result == ERR_NONE) {
        respond_redirect(r, STR("/apply/done"));
        return;
    }
    log_why(LOG_ERROR, "submission not stored", &job->why);
    proof_keep(r, &visit->proof);
    show(r, visit, &(struct findings){0}, apply_notice(job->result), 503);
}

/* Since the last answers were saved, by the store's time and not the browser's. */
static int64_t time_since_saving(const struct request *r, const struct visitor_draft *draft)
{
    return clock_wall_ms() - (draft->expires_ms - r->web->config->form_draft_time);
}

/*
 * The last answers were saved a moment ago: nobody has looked through them since. A person who is
 * that fast is asked once more and by then is slow enough.
 */
static bool is_too_fast(const struct request *r, const struct visitor_draft *draft)
{
    int64_t since_ms = time_since_saving(r, draft);
    return since_ms >= 0 && since_ms < r->web->config->form_check_time;
}

static void read_proof(struct request *r, struct proof *proof)
{
    struct urlencoded u;
    struct str name, value;
    urlencoded_init(&u, r->body);
    while (urlencoded_next(&u, &r->arena, &name, &value))
        proof_control(proof, name, value);
}

void handle_check_submit(struct request *r)
{
    struct visit *visit = arena_new(&r->arena, struct visit);
    struct visitor_draft *draft = &visit->draft;
    struct findings findings = {0};
    if (!load_whole(r, draft))
        return;
    read_proof(r, &visit->proof);
    if (r->hold.status) {
        proof_keep(r, &visit->proof);
        show(r, visit, &findings, r->hold.notice, r->hold.status);
        return;
    }
    form_validate(&r->arena, &r->web->config->rules, FORM_ALL, &draft->form, &findings);
    if (findings.n) {
        funnel_refused(writer_funnel(r->web->writer), FUNNEL_CHECK, &findings);
        show(r, visit, &findings, STR_EMPTY, 422);
        return;
    }
    if (is_too_fast(r, draft)) {
        show(r, visit, &findings,
             STR("That went very fast, and nothing has been sent yet. Look through your answers, "
                 "then send them."),
             422);
        return;
    }

    if (!draft->paid && !proof_is_enough(r, &visit->proof, false)) {
        show(r, visit, &findings, visit->proof.notice, 503);
        return;
    }

    struct ticket *ticket = ticket_new(r, JOB_SUBMIT, sent);
    struct arena *a = ticket_arena(ticket);
    struct job *job = ticket_job(ticket);
    job->context = visit;
    job->submit = (struct job_submit){
        .source = STR("form"),
        .locale = STR("en"),
        .consent_version = r->web->config->form_consent_version,
        .has_draft = true,
        .draft = draft->handle.id,
        .has_idempotency = true,
        .took_ms = time_since_saving(r, draft),
    };
    for (size_t f = 0; f < r->web->config->rules.fields_n; f++)
        job->submit.form.value[f] = arena_str(a, draft->form.value[f]);
    job->submit.extra = form_extra_store(a, &r->web->config->rules, &draft->form);
    job->submit.likeness = likeness_of(a, &job->submit.form);
    /* One draft, one submission: the draft's name is what makes a repeat a repeat. */
    mbedtls_sha256(draft->handle.id.bytes, DRAFT_ID_SIZE, job->submit.idempotency, 0);
    enum err e = ticket_put(ticket);
    if (e != ERR_NONE) {
        proof_keep(r, &visit->proof);
        show(r, visit, &findings, apply_notice(e), 503);
    }
}

/* The operator's steps, with the reply time put in; empty ones are left out. */
static struct view_steps next_steps(struct arena *a, const struct config *c)
{
    static const struct str mark = STR_INIT("{reply_time}");
    const struct str texts[] = {c->form_next_1, c->form_next_2, c->form_next_3};
    struct view_step *items = arena_new_array(a, struct view_step, sizeof texts / sizeof *texts);
    size_t n = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct str text = texts[i];
        size_t at = str_find(text, mark.ptr[0], 0);
        while (at < text.len && !str_starts(str_slice(text, at, text.len), mark))
            at = str_find(text, mark.ptr[0], at + 1);
        if (at < text.len)
            text = arena_fmt(a, "%.*s%.*s%.*s", STR_ARG(str_slice(text, 0, at)),
                             STR_ARG(c->form_reply_time),
                             STR_ARG(str_slice(text, at + mark.len, text.len)));
        if (text.len)
            items[n++].text = text;
    }
    return (struct view_steps){items, n};
}

void handle_done_page(struct request *r)
{
    struct visitor_draft draft;
    if (!apply_load(r, &draft))
        return;
    if (!draft.sent) {
        respond_redirect(r, apply_next(&draft));
        return;
    }
    char iso[CLOCK_RFC3339_SIZE];
    struct view_done v = {
        .client_id = arena_str(&r->arena, client_id_str(&draft.client_id)),
        .sent_at = shell_time(&r->arena, draft.sent_ms),
        .sent_at_iso = arena_str(&r->arena, clock_rfc3339(draft.sent_ms, iso)),
        .next = next_steps(&r->arena, r->web->config),
        .status_url = status_url(r, &draft.client_id),
    };
    v.qr = qr_of(&r->arena, v.status_url);
    shell_fill(&v.shell, r, STR("We have your details"));
    page_done(respond_html(r), &v);
    respond_page(r, 200);
}

void handle_apply_anew(struct request *r)
{
    draft_clear_cookie(r);
    respond_redirect(r, step_path(STEP_COMPANY));
}

void handle_start(struct request *r)
{
    struct visitor_draft draft;
    if (!apply_load(r, &draft))
        return;
    struct view_start v = {.has_draft = draft.exists && !draft.sent};
    shell_fill(&v.shell, r, STR("Become a client"));
    v.shell.plain = !v.has_draft;
    page_start(respond_html(r), &v);
    respond_page(r, 200);
}
