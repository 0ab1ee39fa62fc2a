/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "web/record.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/staff.h"
#include "web/ticket.h"

#include <inttypes.h>

static int64_t number_field(struct request *r, struct str name)
{
    uint64_t n;
    return str_to_u64(request_field(r, name), &n) && n <= INT64_MAX ? (int64_t)n : 0;
}

static void back_to(struct request *r, const struct client_id *id)
{
    respond_redirect(r, arena_fmt(&r->arena, "/staff/records/%.*s", STR_ARG(client_id_str(id))));
}

/* What a form asked for, kept for the page that a refusal leads back to. */
struct change {
    struct client_id id;
    struct record_again again;
};

static void changed(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    struct change *c = job->context;
    switch (job->result) {
    case ERR_NONE:
        back_to(r, &c->id);
        break;
    case ERR_CONFLICT: /* the page says who did what */
        c->again.status = 409;
        record_show(r, &c->id, &c->again);
        break;
    case ERR_INPUT:
        c->again.status = 422;
        c->again.notice = say(r, TEXT_RECORD_NOT_POSSIBLE);
        record_show(r, &c->id, &c->again);
        break;
    case ERR_MISSING:
        respond_problem(r, 404, say(r, TEXT_RECORD_MISSING), say(r, TEXT_RECORD_MISSING_TEXT));
        break;
    default:
        respond_error(r, job->result, &job->why);
    }
}

static void put(struct request *r, const struct client_id *id, write_verb *verb, const void *input,
                size_t size)
{
    struct change *c = arena_new(&r->arena, struct change);
    *c = (struct change){.id = *id, .again.seen = number_field(r, STR("seen"))};
    ticket_write(ticket_new(r, JOB_WRITE, changed), verb, input, size, c);
}

void handle_record_status(struct request *r)
{
    struct record_status input = {.actor = r->staff->actor,
                                  .revision = (uint64_t)number_field(r, STR("revision"))};
    if (!record_of_route(r, &input.id))
        return;
    if (!status_find(request_field(r, STR("becomes")), &input.becomes)) {
        record_show(
            r, &input.id,
            &(struct record_again){.status = 422, .notice = say(r, TEXT_RECORD_NOT_POSSIBLE)});
        return;
    }
    put(r, &input.id, record_status, &input, sizeof input);
}

void handle_record_owner(struct request *r)
{
    struct record_assign input = {
        .actor = r->staff->actor,
        .revision = (uint64_t)number_field(r, STR("revision")),
        .owner =
            request_field(r, STR("take")).len ? r->staff->person : number_field(r, STR("owner")),
    };
    if (record_of_route(r, &input.id))
        put(r, &input.id, record_assign, &input, sizeof input);
}

/* Line ends as one, composed, trimmed; what was typed otherwise. */
static struct str tidy(struct request *r, struct str typed)
{
    char *out = arena_alloc(&r->arena, typed.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < typed.len; i++) {
        char c = typed.ptr[i];
        if (c == '\r') {
            c = '\n';
            i += i + 1 < typed.len && typed.ptr[i + 1] == '\n';
        }
        out[n++] = c == '\t' ? ' ' : c;
    }
    return utf8_compose(&r->arena, str_trim(str_of(out, n)));
}

void handle_record_note(struct request *r)
{
    struct client_id id;
    if (!record_of_route(r, &id))
        return;
    struct str typed = request_field(r, STR("note")), text = tidy(r, typed);
    struct record_again again = {.status = 422, .note = typed};
    if (!text.len)
        again.note_error = say(r, TEXT_RECORD_NOTE_MISSING);
    else if (utf8_length(text) > NOTE_MOST)
        again.note_error = say_count(r, TEXT_RECORD_NOTE_LONG, NOTE_MOST);
    else if (utf8_has_control(text, true))
        again.note_error = say(r, TEXT_RECORD_NOTE_CONTROL);
    if (again.note_error.len) {
        record_show(r, &id, &again);
        return;
    }
    struct ticket *t = ticket_new(r, JOB_WRITE, changed);
    const struct record_note note = {r->staff->actor, id, arena_str(ticket_arena(t), text)};
    struct change *c = arena_new(&r->arena, struct change);
    *c = (struct change){.id = id, .again.note = typed};
    ticket_write(t, record_note, &note, sizeof note, c);
}
