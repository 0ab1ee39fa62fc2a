/* SPDX-License-Identifier: Apache-2.0 */
#include "core/form_extra.h"

#include "core/json_memory.h"

/* Above what the limits of the configuration let a form hold (config/extra.h). */
enum { STORED_MAX = 512 * 1024 };

static void write_lines(struct json *j, const char *name, struct str lines)
{
    struct str line;
    json_array(j, name);
    while (str_cut(&lines, '\n', &line))
        json_str(j, NULL, line);
    json_end(j);
}

static void write_answer(struct json *j, const struct field_info *info, struct str value)
{
    uint64_t n;
    if (info->kind == FIELD_CHOICES)
        write_lines(j, info->name.ptr, value);
    else if (info->kind == FIELD_CHECKBOX)
        json_bool(j, info->name.ptr, true);
    else if (info->kind == FIELD_NUMBER && str_to_u64(value, &n) && n <= INT64_MAX)
        json_int(j, info->name.ptr, (int64_t)n);
    else
        json_str(j, info->name.ptr, value);
}

struct str form_extra_store(struct arena *a, const struct form_rules *rules,
                            const struct form *form)
{
    struct buf out;
    struct json j;
    if (rules->fields_n == FIELD_COUNT)
        return STR("{}");
    buf_init(&out, STORED_MAX);
    json_init(&j, &out);
    json_object(&j, NULL);
    for (size_t f = FIELD_COUNT; f < rules->fields_n; f++)
        if (form->value[f].len)
            write_answer(&j, &rules->fields[f], form->value[f]);
    json_end(&j);
    struct str stored = arena_str(a, buf_view(&out));
    buf_release(&out);
    return stored;
}

/* The root object's members; false when there are none. */
static bool open_object(struct arena *a, struct str stored, yyjson_obj_iter *members)
{
    const yyjson_alc memory = json_memory(a);
    struct str copy = arena_str(a, stored); /* read without the flag that would change it */
    yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)copy.ptr, copy.len, 0, &memory, NULL);
    yyjson_val *root = yyjson_doc_get_root(doc);
    *members = yyjson_obj_iter_with(root);
    return yyjson_is_obj(root);
}

static struct str text_of(yyjson_val *v)
{
    return str_of(yyjson_get_str(v), yyjson_get_len(v));
}

static struct str lines_of(struct arena *a, yyjson_val *list)
{
    struct str lines = STR_EMPTY;
    yyjson_val *item;
    yyjson_arr_iter items = yyjson_arr_iter_with(list);
    while ((item = yyjson_arr_iter_next(&items)))
        if (yyjson_is_str(item))
            lines = lines.len ? arena_fmt(a, "%.*s\n%.*s", STR_ARG(lines), STR_ARG(text_of(item)))
                              : text_of(item);
    return lines;
}

/* "" when it is not of the type that this kind is stored as. */
static struct str answer_of(struct arena *a, enum field_kind kind, yyjson_val *v)
{
    switch (kind) {
    case FIELD_CHOICES:
        return lines_of(a, v);
    case FIELD_CHECKBOX:
        return yyjson_is_true(v) ? STR("yes") : STR_EMPTY;
    case FIELD_NUMBER:
        return yyjson_is_uint(v) ? arena_fmt(a, "%llu", (unsigned long long)yyjson_get_uint(v))
                                 : STR_EMPTY;
    default:
        return yyjson_is_str(v) ? text_of(v) : STR_EMPTY;
    }
}

void form_extra_load(struct arena *a, const struct form_rules *rules, struct str stored,
                     struct form *form)
{
    yyjson_val *key;
    yyjson_obj_iter members;
    if (!open_object(a, stored, &members))
        return;
    while ((key = yyjson_obj_iter_next(&members))) {
        size_t f = form_field(rules, text_of(key));
        if (f >= FIELD_COUNT && f < rules->fields_n)
            form->value[f] = answer_of(a, rules->fields[f].kind, yyjson_obj_iter_get_val(key));
    }
}

void form_extra_copy(struct arena *a, struct str stored, struct json *out)
{
    yyjson_val *key;
    yyjson_obj_iter members;
    if (!open_object(a, stored, &members))
        return;
    while ((key = yyjson_obj_iter_next(&members))) {
        yyjson_val *v = yyjson_obj_iter_get_val(key);
        const char *name = yyjson_get_str(key);
        if (yyjson_is_str(v))
            json_str(out, name, text_of(v));
        else if (yyjson_is_bool(v))
            json_bool(out, name, yyjson_get_bool(v));
        else if (yyjson_is_int(v))
            json_int(out, name, yyjson_get_sint(v));
        else if (yyjson_is_arr(v))
            write_lines(out, name, lines_of(a, v));
    }
}
