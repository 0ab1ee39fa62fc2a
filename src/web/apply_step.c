/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "config/config.h"
#include "core/urlencoded.h"
#include "store/funnel.h"
#include "web/apply.h"
#include "web/html.h"
#include "web/proof.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/shell.h"
#include "web/state.h"
#include "web/ticket.h"
#include "web/view_form.h"

#include "pages.h"

/* What each step's page says; back and action follow from where it stands in the journey. */
static const struct {
    enum text caption, heading, intro;
    struct str back;
} steps[STEP_COUNT] = {
    [STEP_COMPANY] = {TEXT_FORM_STEP_1, TEXT_FORM_COMPANY, TEXT_FORM_COMPANY_INTRO, STR_INIT("/")},
    [STEP_ENGAGEMENT] = {TEXT_FORM_STEP_2, TEXT_FORM_PROJECT, TEXT_FORM_PROJECT_INTRO,
                         STR_INIT("/apply/company")},
};

static const struct str check_path = STR_INIT("/apply/check");

/* One visit of a step: what is known while a page is shown or a form is taken. */
struct visit {
    enum step step;
    bool from_check;  /* reached by "Change": Continue leads straight back */
    bool later;       /* "Save and come back later": what is there is kept as it is */
    bool whole;       /* nothing is wrong with what was typed */
    bool decoy;       /* a field that people do not see was filled in */
    bool again;       /* and the page without it came back */
    int64_t opened_s; /* wall time at which the page was first shown */
    struct visitor_draft draft;
    struct form typed;
    struct proof proof;
};

struct str apply_next(const struct visitor_draft *draft)
{
    if (draft->sent)
        return STR("/apply/done");
    for (enum step s = 0; s < STEP_COUNT; s++)
        if (!(draft->finished & FORM_STEP(s)))
            return step_path(s);
    return check_path;
}

struct str apply_notice(const struct request *r, enum err kind)
{
    if (kind == ERR_NONE)
        return STR_EMPTY;
    return say(r, kind == ERR_BUSY      ? TEXT_NOTICE_BUSY
                  : kind == ERR_NETWORK ? TEXT_NOTICE_UNCONFIRMED
                                        : TEXT_NOTICE_UNSAVED);
}

bool apply_load(struct request *r, struct visitor_draft *draft)
{
    struct why why = {0};
    enum err e = draft_load(r, draft, &why);
    if (e != ERR_NONE)
        respond_error(r, e, &why);
    return e == ERR_NONE;
}

static void show(struct request *r, const struct visit *visit, const struct findings *findings,
                 struct str notice, int status)
{
    struct str path = step_path(visit->step);
    struct view_form v = {
        .caption = say(r, steps[visit->step].caption),
        .heading = say(r, steps[visit->step].heading),
        .intro = say(r, steps[visit->step].intro),
        .action = visit->from_check ? arena_fmt(&r->arena, "%.*s?from=check", STR_ARG(path)) : path,
        .back = visit->from_check ? check_path : steps[visit->step].back,
        .browser_words = say_browser_words(r),
        .notice = notice,
        .again = visit->again || visit->decoy,
        .challenge = visit->proof.ask,
        .opened = arena_fmt(&r->arena, "%lld", (long long)visit->opened_s),
        .fields = view_fields_of(&r->arena, say_questions(r), visit->step, &visit->typed, findings),
    };
    shell_fill(&v.shell, r, v.heading);
    v.shell.has_form = true;
    if (findings) {
        v.errors = view_errors_of(&r->arena, say_rules(r), findings);
        v.shell.has_errors = findings->n > 0;
    }
    page_form(respond_html(r), &v);
    respond_page(r, status);
}

static void visit_begin(struct request *r, enum step step, struct visit *visit)
{
    *visit = (struct visit){
        .step = step,
        .from_check = str_eq(request_query(r, STR("from")), STR("check")),
        .opened_s = clock_wall_ms() / 1000,
    };
}

/* Since the page was shown; -1 when it does not say, or nobody would believe it. */
static int64_t time_taken(const struct visit *visit)
{
    enum { BELIEVED_MS = 24 * 3600 * 1000 };
    int64_t ms = clock_wall_ms() - visit->opened_s * 1000;
    return visit->opened_s > 0 && ms >= 0 && ms <= BELIEVED_MS ? ms : -1;
}

static bool is_empty(const struct form_rules *rules, const struct visitor_draft *draft,
                     enum step step)
{
    for (size_t f = 0; f < rules->fields_n; f++)
        if (rules->fields[f].step == step && draft->form.value[f].len)
            return false;
    return true;
}

static void page(struct request *r, enum step step)
{
    struct visit visit;
    visit_begin(r, step, &visit);
    if (!apply_load(r, &visit.draft))
        return;
    const struct visitor_draft *draft = &visit.draft;
    if (draft->sent) {
        respond_redirect(r, apply_next(draft));
        return;
    }
    if (step == STEP_ENGAGEMENT && !draft->exists && !draft->returning) {
        /* The answers to step 1 were sent a moment ago and the cookie did not come back. */
        respond_problem(r, 400, say(r, TEXT_PROBLEM_FIRST_STEP),
                        say(r, TEXT_PROBLEM_FIRST_STEP_TEXT));
        return;
    }
    if (step == STEP_ENGAGEMENT && !(draft->finished & FORM_STEP(STEP_COMPANY))) {
        respond_redirect(r, step_path(STEP_COMPANY));
        return;
    }
    bool lost_first = step == STEP_COMPANY && draft->exists && draft->finished &&
                      !(draft->finished & FORM_STEP(STEP_COMPANY)) &&
                      is_empty(say_rules(r), draft, step);
    visit.typed = draft->form;
    if (step == STEP_COMPANY && !draft->exists && str_eq(r->method, STR("GET")))
        funnel_started(writer_funnel(r->web->writer));
    show(r, &visit, NULL, lost_first ? say(r, TEXT_NOTICE_EXPIRED) : STR_EMPTY, 200);
}

static void save(struct request *r, struct visit *visit);

/* Back on the loop: the writer has answered. */
static void saved(struct request *r, struct job *job, struct ticket *ticket)
{
    struct visit *visit = job->context;
    (void)ticket;
    if (job->result == ERR_NONE) {
        draft_set_cookie(r, &visit->draft);
        respond_redirect(r, visit->later        ? STR("/apply/saved")
                            : visit->from_check ? check_path
                                                : apply_next(&visit->draft));
        return;
    }
    if (job->result == ERR_CONFLICT) {
        /* Another tab saved in between: take its answers to the other step, ours to this one. */
        struct visitor_draft newer;
        if (!apply_load(r, &newer))
            return;
        if (newer.sent) {
            respond_redirect(r, apply_next(&newer));
            return;
        }
        if (newer.revision != visit->draft.revision) {
            visit->draft = newer;
            save(r, visit);
            return;
        }
    }
    log_why(LOG_ERROR, "draft not saved", &job->why);
    proof_keep(r, &visit->proof);
    show(r, visit, NULL, apply_notice(r, job->result), 503);
}

static void save(struct request *r, struct visit *visit)
{
    form_copy(say_rules(r), &visit->draft.form, &visit->typed, FORM_STEP(visit->step));
    visit->draft.finished |= FORM_STEP(visit->step);
    visit->draft.paid |= visit->proof.paid;
    if (!visit->whole)
        visit->draft.finished &= ~FORM_STEP(visit->step);
    struct ticket *ticket = ticket_new(r, JOB_DRAFT, saved);
    draft_fill_job(r, &visit->draft, ticket_arena(ticket), ticket_job(ticket));
    ticket_job(ticket)->draft.took_ms = time_taken(visit);
    ticket_job(ticket)->context = visit;
    enum err e = ticket_put(ticket);
    if (e != ERR_NONE) {
        proof_keep(r, &visit->proof);
        show(r, visit, NULL, apply_notice(r, e), 503);
    }
}

static bool is_same(const struct form_rules *rules, const struct form *a, const struct form *b,
                    enum step step)
{
    for (size_t f = 0; f < rules->fields_n; f++)
        if (rules->fields[f].step == step && !str_eq(a->value[f], b->value[f]))
            return false;
    return true;
}

/* The page's own controls begin with "_": which button was pressed, the decoy, a proof of work. */
static void read_controls(struct request *r, struct visit *visit)
{
    struct urlencoded u;
    struct str name, value;
    uint64_t number;
    visit->opened_s = 0;
    urlencoded_init(&u, r->body);
    while (urlencoded_next(&u, &r->arena, &name, &value)) {
        visit->later |= str_eq(name, STR("_then")) && str_eq(value, STR("later"));
        visit->again |= str_eq(name, STR("_again"));
        if (str_eq(name, STR("_opened")) && str_to_u64(value, &number) && number < UINT32_MAX)
            visit->opened_s = (int64_t)number;
        visit->decoy |= str_eq(name, STR("_website")) && str_trim(value).len > 0;
        proof_control(&visit->proof, name, value);
    }
}

/* Unfinished answers may be kept, but not answers without end: those that no rule says it of, like
 * a number of a thousand digits, end here. */
static bool fits(const struct form *form, const struct findings *findings)
{
    enum { WRONG_MAX = 1024 };
    for (size_t i = 0; i < findings->n; i++) {
        const struct finding *f = &findings->items[i];
        bool wrong = f->code == FINDING_WRONG || f->code == FINDING_OUT_OF_RANGE ||
                     f->code == FINDING_NOT_A_CHOICE;
        if (f->code == FINDING_TOO_LONG || (wrong && form->value[f->field].len > WRONG_MAX))
            return false;
    }
    return true;
}

/* The form came only to be shown in another language; nothing is stored. Without changes the page
 * itself is what the browser keeps, for Back and reload. */
static void translate(struct request *r, struct visit *visit)
{
    struct why why = {0};
    if (draft_load(r, &visit->draft, &why) == ERR_NONE &&
        is_same(say_rules(r), &visit->draft.form, &visit->typed, visit->step)) {
        struct str link = say_link(r, r->language);
        respond_redirect(r, arena_fmt(&r->arena, "%.*s%.*s", STR_ARG(r->path), STR_ARG(link)));
        return;
    }
    proof_keep(r, &visit->proof);
    show(r, visit, NULL, STR_EMPTY, 200);
}

static void submit(struct request *r, enum step step)
{
    struct visit *visit = arena_new(&r->arena, struct visit);
    struct why why = {0};
    visit_begin(r, step, visit);
    enum err e = form_from_urlencoded(&r->arena, say_rules(r), r->body, FORM_STEP(step),
                                      &visit->typed, &why);
    if (e != ERR_NONE) {
        respond_error(r, e, &why);
        return;
    }
    read_controls(r, visit);
    if (r->hold.status) {
        proof_keep(r, &visit->proof);
        show(r, visit, NULL, r->hold.notice, r->hold.status);
        return;
    }
    if (say_is_switch(r)) {
        translate(r, visit);
        return;
    }
    struct findings findings = {0};
    form_validate(&r->arena, say_rules(r), FORM_STEP(step), &visit->typed, &findings);
    visit->whole = findings.n == 0;
    if (!visit->whole && !(visit->later && fits(&visit->typed, &findings))) {
        funnel_refused(writer_funnel(r->web->writer), FUNNEL_COMPANY + (unsigned)step, &findings);
        show(r, visit, &findings, STR_EMPTY, 422);
        return;
    }
    if (visit->decoy && !visit->again) {
        /* A program, most likely, and perhaps a person's: asked once more, without the decoy. */
        show(r, visit, NULL, say(r, TEXT_NOTICE_DECOY), 422);
        return;
    }
    e = draft_load(r, &visit->draft, &why);
    if (e != ERR_NONE) {
        log_why(LOG_ERROR, "draft not read", &why);
        show(r, visit, NULL, apply_notice(r, e), 503);
        return;
    }
    if (visit->draft.sent) {
        respond_redirect(r, apply_next(&visit->draft));
        return;
    }
    if (!visit->draft.exists && !proof_is_enough(r, &visit->proof, true)) {
        visit->proof.ask.later = visit->later;
        show(r, visit, NULL, visit->proof.notice, 503);
        return;
    }
    save(r, visit);
}

void handle_company_page(struct request *r)
{
    page(r, STEP_COMPANY);
}

void handle_company_submit(struct request *r)
{
    submit(r, STEP_COMPANY);
}

void handle_engagement_page(struct request *r)
{
    page(r, STEP_ENGAGEMENT);
}

void handle_engagement_submit(struct request *r)
{
    submit(r, STEP_ENGAGEMENT);
}
