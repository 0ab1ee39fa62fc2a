/* SPDX-License-Identifier: Apache-2.0 */
#include "web/draft.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/seal.h"
#include "base/text.h"
#include "config/config.h"
#include "web/cookie.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/state.h"

static const struct str cookie_name = STR_INIT("__Host-anteroom-draft");

enum { CONTENT_VERSION = 1, CONTENT_HEADER = 2, CONTENT_MAX = 512 * 1024, PAID = 0x80 };

_Static_assert((FORM_ALL & PAID) == 0, "the steps leave room");

_Static_assert((int)SEAL_KEY_SIZE == (int)DRAFT_KEY_SIZE, "the cookie's key is a sealing key");

bool draft_parse_cookie(struct arena *a, struct str value, struct draft_handle *out)
{
    struct str bytes;
    if (value.len != TEXT_BASE64_LEN(sizeof *out) || !text_unbase64url(a, value, &bytes) ||
        bytes.len != sizeof *out)
        return false;
    memcpy(out, bytes.ptr, sizeof *out);
    return true;
}

bool draft_parse_content(struct arena *a, const struct form_rules *rules, struct str content,
                         unsigned *finished, bool *paid, struct form *form)
{
    if (content.len < CONTENT_HEADER || content.ptr[0] != CONTENT_VERSION)
        return false;
    *finished = (unsigned char)content.ptr[1] & FORM_ALL;
    *paid = ((unsigned char)content.ptr[1] & PAID) != 0;
    struct str body = str_slice(content, CONTENT_HEADER, content.len);
    return form_restore(a, rules, body, form);
}

bool draft_is_returning(const struct request *r)
{
    return request_cookie(r, cookie_name).len > 0;
}

static struct str aad(const struct visitor_draft *draft)
{
    return str_of(draft->handle.id.bytes, DRAFT_ID_SIZE);
}

/* The row's content into *out; false when the cookie's key does not open it. */
static bool open_content(struct request *r, struct str sealed, struct visitor_draft *out)
{
    struct str content;
    return seal_open(&r->arena, out->handle.key, aad(out), sealed, &content) &&
           draft_parse_content(&r->arena, &r->web->config->rules, content, &out->finished,
                               &out->paid, &out->form);
}

enum err draft_open(struct request *r, const struct draft_handle *handle, struct visitor_draft *out,
                    struct why *why)
{
    struct draft row;
    *out = (struct visitor_draft){.handle = *handle};
    enum err e = reader_draft(r->loop->reader, &r->arena, &handle->id, clock_wall_ms(), &row, why);
    if (e != ERR_NONE)
        return e;
    out->expires_ms = row.expires_ms;
    if (row.sent) {
        out->exists = out->sent = true;
        out->client_id = row.client_id;
        out->sent_ms = row.sent_ms;
        return ERR_NONE;
    }
    if (!open_content(r, row.sealed, out))
        return err_set(why, ERR_MISSING, "open the draft", "the key does not open it");
    out->exists = true;
    out->revision = row.revision;
    out->ever = row.step;
    return ERR_NONE;
}

enum err draft_load(struct request *r, struct visitor_draft *out, struct why *why)
{
    struct str cookie = request_cookie(r, cookie_name);
    struct draft_handle handle;
    enum err e = ERR_MISSING;
    if (draft_parse_cookie(&r->arena, cookie, &handle))
        e = draft_open(r, &handle, out, why);
    if (e == ERR_MISSING) {
        /* None, expired, or not this visitor's: a new one, under a new name. */
        *out = (struct visitor_draft){0};
        random_bytes(&out->handle, sizeof out->handle);
        e = ERR_NONE;
    }
    out->returning = cookie.len > 0;
    return e;
}

struct str draft_token(struct arena *a, const struct draft_handle *handle)
{
    return text_base64url(a, str_of(handle, sizeof *handle));
}

void draft_fill_job(struct request *r, const struct visitor_draft *draft, struct arena *a,
                    struct job *job)
{
    struct buf content;
    buf_init(&content, CONTENT_MAX);
    buf_byte(&content, CONTENT_VERSION);
    buf_byte(&content, (char)(draft->finished | (draft->paid ? PAID : 0u)));
    form_to_urlencoded(&r->web->config->rules, &draft->form, FORM_ALL, &content);
    job->draft = (struct job_draft){
        .id = draft->handle.id,
        .revision = draft->revision,
        .sealed = seal(a, draft->handle.key, aad(draft), buf_view(&content)),
        .step = draft->finished,
        .completed = draft->finished & ~draft->ever,
        .took_ms = -1,
        .expires_ms = clock_wall_ms() + r->web->config->form_draft_time,
    };
    buf_release(&content);
}

void draft_set_cookie(struct request *r, const struct visitor_draft *draft)
{
    struct str value = draft_token(&r->arena, &draft->handle);
    int64_t seconds = r->web->config->form_draft_time / 1000;
    respond_header(r, STR("set-cookie"), cookie_set(&r->arena, cookie_name, value, seconds));
}

void draft_clear_cookie(struct request *r)
{
    respond_header(r, STR("set-cookie"), cookie_set(&r->arena, cookie_name, STR_EMPTY, 0));
}
