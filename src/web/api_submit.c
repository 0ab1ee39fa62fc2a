/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "config/config.h"
#include "core/form_extra.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/state.h"
#include "web/status.h"
#include "web/ticket.h"

#include <mbedtls/sha256.h>

/*
 * POST /api/v1/submissions: the same rules as the form, in JSON. Idempotency-Key makes a retry get
 * the first answer; the same key with other content is refused.
 */

enum { KEY_MAX = 255, ANSWER_MAX = 64 * 1024 };

static struct str finish(struct request *r, struct buf *out)
{
    buf_byte(out, '\n');
    struct str body = arena_str(&r->arena, buf_view(out));
    buf_release(out);
    return body;
}

/* 422 with one entry a finding, in the words of the form. */
static void respond_findings(struct request *r, const struct form_rules *rules,
                             const struct findings *findings)
{
    struct buf out;
    struct json j;
    buf_init(&out, ANSWER_MAX);
    json_init(&j, &out);
    json_object(&j, NULL);
    json_str(&j, "type", STR("about:blank"));
    json_str(&j, "title", say(r, TEXT_API_FINDINGS));
    json_int(&j, "status", 422);
    json_array(&j, "errors");
    for (size_t i = 0; i < findings->n; i++) {
        const struct finding *f = &findings->items[i];
        json_object(&j, NULL);
        json_str(&j, "field", rules->fields[f->field].name);
        json_str(&j, "code", str_from(finding_code_name(f->code)));
        json_str(&j, "message", f->message);
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
    say_headers(r);
    respond_bytes(r, 422, STR("application/problem+json"), finish(r, &out));
}

static void stored(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    if (job->result == ERR_CONFLICT) {
        respond_problem(r, 422, say(r, TEXT_API_KEY_USED), say(r, TEXT_API_KEY_USED_TEXT));
        return;
    }
    if (job->result != ERR_NONE) {
        respond_error(r, job->result, &job->why);
        return;
    }
    struct buf out;
    struct json j;
    char created[CLOCK_RFC3339_SIZE];
    buf_init(&out, ANSWER_MAX);
    json_init(&j, &out);
    json_object(&j, NULL);
    json_str(&j, "client_id", client_id_str(&job->submit.client_id));
    json_str(&j, "created_at", clock_rfc3339(job->submit.created_ms, created));
    json_str(&j, "status_url", status_url(r, &job->submit.client_id));
    json_end(&j);
    if (job->submit.repeated)
        respond_header(r, STR("idempotent-replayed"), STR("true"));
    respond_bytes(r, 201, STR("application/json"), finish(r, &out));
}

/* A key is 1–255 printable ASCII characters; false when it was sent and is something else. */
static bool read_key(const struct request *r, struct str *key)
{
    *key = request_header(r, STR("idempotency-key"));
    for (size_t i = 0; i < key->len; i++)
        if (key->ptr[i] < 0x21 || key->ptr[i] > 0x7e)
            return false;
    bool absent = key->ptr == NULL;
    return absent || (key->len >= 1 && key->len <= KEY_MAX);
}

static void hash(struct str domain, struct str text, unsigned char out[32])
{
    mbedtls_sha256_context c;
    mbedtls_sha256_init(&c);
    mbedtls_sha256_starts(&c, 0);
    mbedtls_sha256_update(&c, (const unsigned char *)domain.ptr, domain.len);
    mbedtls_sha256_update(&c, (const unsigned char *)text.ptr, text.len);
    mbedtls_sha256_finish(&c, out);
    mbedtls_sha256_free(&c);
}

void handle_api_submit(struct request *r)
{
    const struct form_rules *rules = say_rules(r);
    struct str key;
    if (!read_key(r, &key)) {
        respond_problem(r, 400, say(r, TEXT_API_KEY), say(r, TEXT_API_KEY_TEXT));
        return;
    }
    struct ticket *ticket = ticket_new(r, JOB_SUBMIT, stored);
    struct arena *a = ticket_arena(ticket);
    struct job *job = ticket_job(ticket);
    struct why why = {0};
    /* The body is the request's; the form's texts may be views of it, so it is copied first. */
    struct str body = arena_str(a, r->body);
    enum err e = form_from_json(a, rules, body, FORM_ALL, &job->submit.form, &why);
    if (e != ERR_NONE) {
        ticket_drop(ticket);
        respond_error(r, e, &why);
        return;
    }
    struct findings findings = {0};
    form_validate(a, rules, FORM_ALL, &job->submit.form, &findings);
    if (findings.n) {
        respond_findings(r, rules, &findings);
        ticket_drop(ticket);
        return;
    }
    job->submit.extra = form_extra_store(a, rules, &job->submit.form);
    job->submit.likeness = likeness_of(a, &job->submit.form);
    job->submit.source = STR("api");
    job->submit.locale = say_language(r);
    job->submit.consent_version = r->web->config->form_consent_version;
    if (key.len) {
        job->submit.has_idempotency = true;
        hash(STR("api\n"), key, job->submit.idempotency);
        hash(STR("content\n"), body, job->submit.fingerprint);
    }
    e = ticket_put(ticket);
    if (e != ERR_NONE)
        respond_error(r, e, &why);
}
