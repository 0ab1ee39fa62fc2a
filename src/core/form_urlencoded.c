/* SPDX-License-Identifier: Apache-2.0 */
#include "core/form.h"

#include "core/form_read.h"
#include "core/urlencoded.h"

enum err form_from_urlencoded(struct arena *a, const struct form_rules *rules, struct str body,
                              unsigned steps, struct form *out, struct why *why)
{
    struct form_read r;
    struct urlencoded pairs;
    struct str name, value;
    form_read_begin(&r, a, rules, steps, out, why);
    urlencoded_init(&pairs, body);
    while (urlencoded_next(&pairs, a, &name, &value)) {
        size_t field;
        if (str_starts(name, STR("_")))
            continue;
        enum err e = form_read_field(&r, name, true, &field);
        if (e == ERR_NONE)
            e = form_read_value(&r, field, value);
        if (e != ERR_NONE)
            return e;
    }
    form_read_end(&r);
    return urlencoded_end(&pairs, why);
}

bool form_restore(struct arena *a, const struct form_rules *rules, struct str body,
                  struct form *out)
{
    struct form_read r;
    struct urlencoded pairs;
    struct str name, value;
    form_read_begin(&r, a, rules, FORM_ALL, out, NULL);
    urlencoded_init(&pairs, body);
    while (urlencoded_next(&pairs, a, &name, &value)) {
        size_t field;
        if (form_read_field(&r, name, true, &field) == ERR_NONE)
            form_read_value(&r, field, value);
    }
    form_read_end(&r);
    return urlencoded_end(&pairs, NULL) == ERR_NONE;
}

static void write_pair(struct buf *out, bool *first, struct str name, struct str value)
{
    if (!*first)
        buf_byte(out, '&');
    *first = false;
    urlencoded_escape(out, name);
    buf_byte(out, '=');
    urlencoded_escape(out, value);
}

void form_to_urlencoded(const struct form_rules *rules, const struct form *form, unsigned steps,
                        struct buf *out)
{
    bool first = true;
    for (size_t f = 0; f < rules->fields_n; f++) {
        const struct field_info *info = &rules->fields[f];
        struct str rest = form->value[f], value;
        if (!(steps & FORM_STEP(info->step)) || rest.len == 0)
            continue;
        if (info->kind != FIELD_CHOICES)
            write_pair(out, &first, info->name, rest);
        else
            while (str_cut(&rest, '\n', &value))
                write_pair(out, &first, info->name, value);
    }
}
