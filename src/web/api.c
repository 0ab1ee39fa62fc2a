/* SPDX-License-Identifier: Apache-2.0 */
#include "web/api.h"

#include "base/clock.h"
#include "core/form_extra.h"
#include "web/asset.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"

void api_begin(struct buf *out, struct json *j)
{
    buf_init(out, API_ANSWER_MAX);
    json_init(j, out);
    json_object(j, NULL);
}

void api_respond(struct request *r, int status, struct buf *out)
{
    buf_byte(out, '\n');
    struct str body = buf_ok(out) ? arena_str(&r->arena, buf_view(out)) : STR_EMPTY;
    buf_release(out);
    if (body.len)
        respond_bytes(r, status, STR("application/json"), body);
    else
        respond_error(r, ERR_TOO_BIG, NULL);
}

void api_put_time(struct json *j, const char *key, int64_t wall_ms)
{
    char text[CLOCK_RFC3339_SIZE];
    if (wall_ms)
        json_str(j, key, clock_rfc3339(wall_ms, text));
    else
        json_null(j, key);
}

static void put_field(struct json *j, const struct field_info *info, struct str value)
{
    uint64_t n;
    if (info->kind == FIELD_CHOICES) {
        struct str rest = value, one;
        json_array(j, info->name.ptr);
        while (rest.len && str_cut(&rest, '\n', &one))
            json_str(j, NULL, one);
        json_end(j);
    } else if (info->kind == FIELD_NUMBER && str_to_u64(value, &n) && n <= INT64_MAX) {
        json_int(j, info->name.ptr, (int64_t)n);
    } else if (info->kind == FIELD_CONSENT) {
        json_bool(j, info->name.ptr, value.len != 0);
    } else {
        json_str(j, info->name.ptr, value);
    }
}

void api_put_record(struct arena *a, struct json *j, const struct record *record, int64_t safe_ms)
{
    const struct submission_row *s = &record->submission;
    json_str(j, "client_id", client_id_str(&s->client_id));
    api_put_time(j, "created_at", s->created_ms);
    json_str(j, "status", status_name(record->status));
    if (record->owner)
        json_int(j, "owner", record->owner);
    else
        json_null(j, "owner");
    json_int(j, "revision", (int64_t)record->revision);
    api_put_time(j, "changed_at", record->changed_ms);
    api_put_time(j, "contacted_at", record->contacted_ms);
    api_put_time(j, "safe_since", safe_ms);
    json_str(j, "source", record->source);
    json_str(j, "locale", record->locale);
    json_str(j, "consent_version", record->consent_version);
    if (s->duplicate_of.len)
        json_str(j, "duplicate_of", s->duplicate_of);
    else
        json_null(j, "duplicate_of");
    for (enum field f = 0; f < FIELD_COUNT; f++)
        put_field(j, field_info(f), s->form.value[f]);
    json_object(j, "extra");
    form_extra_copy(a, s->extra, j);
    json_end(j);
}

bool api_client_id(struct request *r, struct client_id *out)
{
    if (client_id_parse(r->param, out) == CLIENT_ID_RIGHT)
        return true;
    api_failed(r, ERR_MISSING, NULL);
    return false;
}

void api_failed(struct request *r, enum err e, const struct why *why)
{
    if (e == ERR_MISSING)
        respond_problem(r, 404, say(r, TEXT_RECORD_MISSING), say(r, TEXT_API_RECORD_MISSING));
    else if (e == ERR_CONFLICT)
        respond_problem(r, 409, say(r, TEXT_API_CONFLICT), say(r, TEXT_API_CONFLICT_TEXT));
    else if (e == ERR_INPUT)
        respond_problem(r, 422, say(r, TEXT_API_INPUT),
                        arena_str(&r->arena, str_from(why->detail)));
    else
        respond_error(r, e, why);
}

void handle_api_openapi(struct request *r)
{
    const struct asset *document = asset_find_named(STR("api/openapi.json"));
    respond_header(r, STR("cache-control"), STR("public, max-age=300"));
    respond_bytes(r, 200, STR("application/json"), document->identity);
}
