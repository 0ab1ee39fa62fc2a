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
#include "web/say.h"
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
    const struct form_rules *rules = say_rules(r);
    struct view_check v = {
        .notice = notice,
        .challenge = visit->proof.ask,
        .company = view_answers_of(&r->arena, rules, STEP_COMPANY, &draft->form),
        .engagement = view_answers_of(&r->arena, rules, STEP_ENGAGEMENT, &draft->form),
        .errors = view_errors_elsewhere(&r->arena, rules, findings),
    };
    shell_fill(&v.shell, r, say(r, TEXT_CHECK_TITLE));
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
    form_validate(&r->arena, say_rules(r), FORM_ALL, &visit.draft.form, &findings);
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
    show(r, visit, &(struct findings){0}, apply_notice(r, job->result), 503);
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
    form_validate(&r->arena, say_rules(r), FORM_ALL, &draft->form, &findings);
    if (findings.n) {
        funnel_refused(writer_funnel(r->web->writer), FUNNEL_CHECK, &findings);
        show(r, visit, &findings, STR_EMPTY, 422);
        return;
    }
    if (is_too_fast(r, draft)) {
        show(r, visit, &findings, say(r, TEXT_NOTICE_TOO_FAST), 422);
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
        .locale = say_language(r),
        .consent_version = r->web->config->form_consent_version,
        .has_draft = true,
        .draft = draft->handle.id,
        .has_idempotency = true,
        .took_ms = time_since_saving(r, draft),
    };
    for (size_t f = 0; f < say_rules(r)->fields_n; f++)
        job->submit.form.value[f] = arena_str(a, draft->form.value[f]);
    job->submit.extra = form_extra_store(a, &r->web->config->rules, &draft->form);
    job->submit.likeness = likeness_of(a, &job->submit.form);
    /* One draft, one submission: the draft's name is what makes a repeat a repeat. */
    mbedtls_sha256(draft->handle.id.bytes, DRAFT_ID_SIZE, job->submit.idempotency, 0);
    enum err e = ticket_put(ticket);
    if (e != ERR_NONE) {
        proof_keep(r, &visit->proof);
        show(r, visit, &findings, apply_notice(r, e), 503);
    }
}

/* The steps, with the reply time put in; those that the operator emptied are left out. */
static struct view_steps next_steps(struct request *r)
{
    static const enum text keys[] = {TEXT_NEXT_STEP_1, TEXT_NEXT_STEP_2, TEXT_NEXT_STEP_3};
    enum { MOST = sizeof keys / sizeof *keys };
    struct view_step *items = arena_new_array(&r->arena, struct view_step, MOST);
    size_t n = 0;
    for (size_t i = 0; i < MOST; i++) {
        struct str text = say_with(r, keys[i], "reply_time", say(r, TEXT_NEXT_REPLY_TIME));
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
        .sent_at = say_time(r, draft.sent_ms),
        .sent_at_iso = arena_str(&r->arena, clock_rfc3339(draft.sent_ms, iso)),
        .next = next_steps(r),
        .status_url = status_url(r, &draft.client_id),
    };
    v.qr = qr_of(&r->arena, v.status_url);
    shell_fill(&v.shell, r, say(r, TEXT_DONE_TITLE));
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
    shell_fill(&v.shell, r, say(r, TEXT_START_TITLE));
    v.shell.plain = !v.has_draft;
    page_start(respond_html(r), &v);
    respond_page(r, 200);
}
