/* SPDX-License-Identifier: Apache-2.0 */
#include "core/form.h"

#include "base/utf8.h"
#include "core/form_read.h"
#include "core/json_memory.h"

static struct str text_of(yyjson_val *v)
{
    return str_of(yyjson_get_str(v), yyjson_get_len(v));
}

static enum err take_text(struct form_read *r, size_t field, struct str text)
{
    if (str_find(text, '\0', 0) < text.len)
        return form_read_refuse(r, field, "it holds a NUL character");
    if (!utf8_valid(text))
        return form_read_refuse(r, field, "it holds bytes that are not UTF-8");
    return form_read_value(r, field, text);
}

/* Numbers come as they were written. 250.000 is no way to write a whole number in JSON, and as text
 * it would mean something else. */
static enum err take_number(struct form_read *r, size_t field, yyjson_val *v)
{
    struct str text = str_of(yyjson_get_raw(v), yyjson_get_len(v));
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '-' && (text.ptr[i] < '0' || text.ptr[i] > '9'))
            return form_read_refuse(r, field, "must be a whole number, or text");
    return form_read_value(r, field, text);
}

static enum err take_list(struct form_read *r, size_t field, yyjson_val *list)
{
    yyjson_val *item;
    yyjson_arr_iter items = yyjson_arr_iter_with(list);
    while ((item = yyjson_arr_iter_next(&items))) {
        enum err e = yyjson_is_str(item)
                         ? take_text(r, field, text_of(item))
                         : form_read_refuse(r, field, "must be a list of texts and nothing else");
        if (e != ERR_NONE)
            return e;
    }
    return ERR_NONE;
}

static enum err take(struct form_read *r, size_t field, yyjson_val *v)
{
    enum field_kind kind = r->rules->fields[field].kind;
    if (yyjson_is_null(v))
        return ERR_NONE;
    if (kind == FIELD_CHOICES)
        return yyjson_is_arr(v) ? take_list(r, field, v)
                                : form_read_refuse(r, field, "must be a list of texts");
    if (yyjson_is_str(v))
        return take_text(r, field, text_of(v));
    if (kind == FIELD_NUMBER)
        return yyjson_is_raw(v) ? take_number(r, field, v)
                                : form_read_refuse(r, field, "must be a whole number, or text");
    if (kind == FIELD_CONSENT || kind == FIELD_CHECKBOX)
        return yyjson_is_bool(v)
                   ? form_read_value(r, field, yyjson_get_bool(v) ? STR("yes") : STR_EMPTY)
                   : form_read_refuse(r, field, "must be true or false");
    return form_read_refuse(r, field, "must be text");
}

static enum err take_all(struct form_read *r, yyjson_val *root)
{
    yyjson_val *key;
    yyjson_obj_iter members = yyjson_obj_iter_with(root);
    while ((key = yyjson_obj_iter_next(&members))) {
        size_t field;
        enum err e = form_read_field(r, text_of(key), false, &field);
        if (e == ERR_NONE)
            e = take(r, field, yyjson_obj_iter_get_val(key));
        if (e != ERR_NONE)
            return e;
    }
    return ERR_NONE;
}

enum err form_from_json(struct arena *a, const struct form_rules *rules, struct str body,
                        unsigned steps, struct form *out, struct why *why)
{
    static const char operation[] = "read the JSON";
    const yyjson_alc memory = json_memory(a);
    struct form_read r;
    yyjson_read_err problem;
    form_read_begin(&r, a, rules, steps, out, why);
    if (body.len == 0)
        return err_set(why, ERR_INPUT, operation, "the body is empty");
    /* yyjson unescapes in place, so it works on a copy (with the zeros it wants behind it). */
    char *text = arena_alloc(a, body.len + YYJSON_PADDING_SIZE);
    memcpy(text, body.ptr, body.len);
    const yyjson_read_flag flags = YYJSON_READ_INSITU | YYJSON_READ_NUMBER_AS_RAW;
    yyjson_doc *doc = yyjson_read_opts(text, body.len, flags, &memory, &problem);
    if (!doc)
        return err_set(why, ERR_INPUT, operation, "it is not JSON: %s at byte %zu", problem.msg,
                       problem.pos);
    yyjson_val *root = yyjson_doc_get_root(doc);
    if (!yyjson_is_obj(root))
        return err_set(why, ERR_INPUT, operation, "it must be one object with the fields by name");
    enum err e = take_all(&r, root);
    form_read_end(&r);
    return e;
}
