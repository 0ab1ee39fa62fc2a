/* SPDX-License-Identifier: Apache-2.0 */
#include "core/record_change.h"

#include "core/json_strict.h"

static const char op[] = "read what was sent";

static enum err object_of(struct arena *a, struct str body, yyjson_val **out, struct why *why)
{
    switch (json_strict(a, body, out)) {
    case STRICT_OK:
        return ERR_NONE;
    case STRICT_TWICE:
        return err_set(why, ERR_INPUT, op, "a name stands in it twice");
    case STRICT_TOO_BIG:
        return err_set(why, ERR_INPUT, op, "it is too deep or has too many names");
    default:
        return err_set(why, ERR_INPUT, op, "it is no JSON object");
    }
}

static bool is_number(yyjson_val *v, uint64_t *out)
{
    *out = yyjson_is_uint(v) ? yyjson_get_uint(v) : 0;
    return yyjson_is_uint(v) && *out <= INT64_MAX;
}

static enum err read_member(struct str name, yyjson_val *v, struct record_change_asked *out,
                            struct why *why)
{
    uint64_t n;
    if (str_eq(name, STR("status"))) {
        out->has_status = status_find(json_text(v), &out->status);
        return out->has_status ? ERR_NONE
                               : err_set(why, ERR_INPUT, op, "status: there is no such status");
    }
    if (str_eq(name, STR("owner"))) {
        out->has_owner = yyjson_is_null(v) || is_number(v, &n);
        out->owner = yyjson_is_null(v) || !out->has_owner ? 0 : (int64_t)n;
        return out->has_owner
                   ? ERR_NONE
                   : err_set(why, ERR_INPUT, op, "owner: the number of a person, or null");
    }
    if (str_eq(name, STR("revision"))) {
        out->has_revision = is_number(v, &out->revision);
        return out->has_revision ? ERR_NONE
                                 : err_set(why, ERR_INPUT, op, "revision: a whole number");
    }
    return err_set(why, ERR_INPUT, op, "%.*s: there is no such field", STR_ARG(name));
}

enum err record_change_read(struct arena *a, struct str body, struct record_change_asked *out,
                            struct why *why)
{
    *out = (struct record_change_asked){0};
    yyjson_val *object = NULL, *key, *value;
    enum err e = object_of(a, body, &object, why);
    if (e)
        return e;
    size_t i, n;
    yyjson_obj_foreach(object, i, n, key, value)
    {
        e = read_member(str_of(yyjson_get_str(key), yyjson_get_len(key)), value, out, why);
        if (e)
            return e;
    }
    return out->has_status || out->has_owner
               ? ERR_NONE
               : err_set(why, ERR_INPUT, op, "nothing is to be changed: send status or owner");
}

enum err note_read(struct arena *a, struct str body, struct str *text, struct why *why)
{
    yyjson_val *object = NULL;
    enum err e = object_of(a, body, &object, why);
    if (e)
        return e;
    yyjson_val *found = yyjson_obj_get(object, "text");
    if (yyjson_obj_size(object) != 1 || !yyjson_is_str(found))
        return err_set(why, ERR_INPUT, op, "a note is {\"text\": \"…\"}");
    *text = json_text(found);
    return text->len ? ERR_NONE : err_set(why, ERR_INPUT, op, "text: it is empty");
}
