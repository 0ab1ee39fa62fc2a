/* SPDX-License-Identifier: Apache-2.0 */
#include "config/tree.h"

#include "base/utf8.h"
#include "config/option.h"

#include <stdarg.h>
#include <yaml.h>

static const char op_read[] = "read the configuration";

struct reader {
    yaml_parser_t parser;
    struct arena *arena;
    struct str source;
    const char *name;
    struct why *why;
};

enum err tree_refuse(struct why *why, const char *name, struct place place, const char *format, ...)
{
    char text[sizeof why->detail];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (place.line == 0)
        return err_set(why, ERR_CONFIG, op_read, "%s: %s", name, text);
    return err_set(why, ERR_CONFIG, op_read, "%s:%u:%u: %s", name, place.line, place.column, text);
}

bool tree_is_blank(const struct tree *node)
{
    return node->kind == TREE_TEXT && node->plain && node->text.len == 0;
}

static struct place place_of(yaml_mark_t mark)
{
    return (struct place){(unsigned)mark.line + 1, (unsigned)mark.column + 1};
}

/* The place of a byte, columns in code points as libyaml counts them. */
static struct place place_at(struct str text, size_t offset)
{
    struct str before = str_slice(text, 0, offset);
    struct place place = {1, 1};
    size_t start = 0, end;
    while ((end = str_find(before, '\n', start)) < before.len) {
        place.line++;
        start = end + 1;
    }
    place.column = (unsigned)utf8_length(str_slice(before, start, before.len)) + 1;
    return place;
}

static enum err refuse_syntax(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    const char *problem = p->problem ? p->problem : "it cannot be read";
    if (p->error == YAML_READER_ERROR)
        return tree_refuse(r->why, r->name, place_at(r->source, p->problem_offset), "%s", problem);
    enum err e = p->context
                     ? tree_refuse(r->why, r->name, place_of(p->problem_mark), "%s, %s (line %zu)",
                                   problem, p->context, p->context_mark.line + 1)
                     : tree_refuse(r->why, r->name, place_of(p->problem_mark), "%s", problem);
    err_hint(r->why, "It is YAML: two spaces deeper per level, no tabs, a space behind each colon, "
                     "quotes around a text that begins with a sign.");
    return e;
}

static enum err next_event(struct reader *r, yaml_event_t *event)
{
    return yaml_parser_parse(&r->parser, event) ? ERR_NONE : refuse_syntax(r);
}

static bool has_properties(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor || event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor || event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor || event->data.mapping_start.tag;
    default:
        return event->type == YAML_ALIAS_EVENT;
    }
}

static enum err refuse_properties(struct reader *r, const yaml_event_t *event)
{
    enum err e = tree_refuse(r->why, r->name, place_of(event->start_mark),
                             "anchors (&), aliases (*) and tags (!) are not used here");
    err_hint(r->why, "Write the value out, or in quotes when it begins with &, * or !.");
    return e;
}

static const struct tree *find_key(const struct tree *map, struct str key)
{
    for (const struct tree *entry = map->first; entry; entry = entry->next)
        if (str_eq(entry->key, key))
            return entry;
    return NULL;
}

static enum err check_key(struct reader *r, const struct tree *map, const yaml_event_t *event,
                          struct str key)
{
    char shown[OPTION_SHOWN_MAX];
    struct place place = place_of(event->start_mark);
    if (event->type != YAML_SCALAR_EVENT)
        return tree_refuse(r->why, r->name, place, "a key is a name, not a map or a list");
    if (str_eq(key, STR("<<")))
        return tree_refuse(r->why, r->name, place, "merge keys (<<) are not used here");
    const struct tree *earlier = find_key(map, key);
    if (!earlier)
        return ERR_NONE;
    enum err e = tree_refuse(r->why, r->name, place, "“%s” stands here twice, first in line %u",
                             option_shown(key, shown), earlier->key_place.line);
    err_hint(r->why, "Remove one of them.");
    return e;
}

static struct str scalar_text(struct reader *r, const yaml_event_t *event)
{
    if (event->type != YAML_SCALAR_EVENT)
        return STR_EMPTY;
    return arena_str(r->arena, str_of(event->data.scalar.value, event->data.scalar.length));
}

static enum err read_node(struct reader *r, const yaml_event_t *event, unsigned depth,
                          struct tree *node);

/* The value of one entry; for a map, `event` is its key. */
static enum err read_entry(struct reader *r, struct tree *parent, const yaml_event_t *event,
                           unsigned depth, struct tree *entry)
{
    if (parent->n >= TREE_WIDTH_MAX)
        return tree_refuse(r->why, r->name, place_of(event->start_mark),
                           "there are too many entries: at most %d", TREE_WIDTH_MAX);
    if (parent->kind == TREE_LIST)
        return read_node(r, event, depth, entry);
    if (has_properties(event))
        return refuse_properties(r, event);
    entry->key = scalar_text(r, event);
    entry->key_place = place_of(event->start_mark);
    enum err e = check_key(r, parent, event, entry->key);
    if (e != ERR_NONE)
        return e;
    yaml_event_t value;
    e = next_event(r, &value);
    if (e != ERR_NONE)
        return e;
    e = read_node(r, &value, depth, entry);
    yaml_event_delete(&value);
    return e;
}

static enum err read_entries(struct reader *r, yaml_event_type_t end, unsigned depth,
                             struct tree *parent)
{
    struct tree **tail = &parent->first;
    for (;;) {
        yaml_event_t event;
        enum err e = next_event(r, &event);
        if (e != ERR_NONE)
            return e;
        bool done = event.type == end;
        if (!done) {
            struct tree *entry = arena_new(r->arena, struct tree);
            e = read_entry(r, parent, &event, depth, entry);
            *tail = entry;
            tail = &entry->next;
            parent->n++;
        }
        yaml_event_delete(&event);
        if (done || e != ERR_NONE)
            return e;
    }
}

static enum err read_node(struct reader *r, const yaml_event_t *event, unsigned depth,
                          struct tree *node)
{
    node->place = place_of(event->start_mark);
    if (has_properties(event))
        return refuse_properties(r, event);
    if (depth >= TREE_DEPTH_MAX)
        return tree_refuse(r->why, r->name, node->place, "this is nested too deeply");
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        node->kind = TREE_TEXT;
        node->text = scalar_text(r, event);
        node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        return ERR_NONE;
    case YAML_MAPPING_START_EVENT:
        node->kind = TREE_MAP;
        return read_entries(r, YAML_MAPPING_END_EVENT, depth + 1, node);
    default: /* of what may begin a node only a list is left */
        node->kind = TREE_LIST;
        return read_entries(r, YAML_SEQUENCE_END_EVENT, depth + 1, node);
    }
}

/* STREAM-START, then DOCUMENT-START node DOCUMENT-END at most once, then STREAM-END. */
static enum err read_stream(struct reader *r, struct tree **out)
{
    for (;;) {
        yaml_event_t event;
        enum err e = next_event(r, &event);
        if (e != ERR_NONE)
            return e;
        yaml_event_type_t type = event.type;
        if (type == YAML_DOCUMENT_START_EVENT && *out) {
            e = tree_refuse(r->why, r->name, place_of(event.start_mark),
                            "a second document begins here");
            err_hint(r->why, "A configuration is one document: remove the line “---”.");
        } else if (type != YAML_STREAM_START_EVENT && type != YAML_STREAM_END_EVENT &&
                   type != YAML_DOCUMENT_START_EVENT && type != YAML_DOCUMENT_END_EVENT) {
            *out = arena_new(r->arena, struct tree);
            e = read_node(r, &event, 0, *out);
        }
        yaml_event_delete(&event);
        if (e != ERR_NONE || type == YAML_STREAM_END_EVENT)
            return e;
    }
}

/* What libyaml would take as another encoding or as the end. */
static enum err check_bytes(const struct reader *r)
{
    size_t nul = str_find(r->source, '\0', 0), at = 0;
    uint32_t code;
    while (at < r->source.len) {
        size_t n = utf8_decode(r->source, at, &code);
        if (n == 0 || at == nul)
            break;
        at += n;
    }
    if (at == r->source.len)
        return ERR_NONE;
    struct place place = place_at(r->source, at);
    if (at == nul)
        return tree_refuse(r->why, r->name, place, "a NUL byte stands here: this is not a text");
    enum err e = tree_refuse(r->why, r->name, place, "this is not UTF-8");
    err_hint(r->why, "Save the file as UTF-8.");
    return e;
}

enum err tree_parse(struct arena *a, struct str text, const char *name, struct tree **out,
                    struct why *why)
{
    struct reader r = {.arena = a, .source = text, .name = name, .why = why};
    *out = NULL;
    enum err e = check_bytes(&r);
    if (e != ERR_NONE)
        return e;
    if (!yaml_parser_initialize(&r.parser))
        return err_set(why, ERR_INTERNAL, op_read, "%s: out of memory", name);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)(text.ptr ? text.ptr : ""),
                                 text.len);
    e = read_stream(&r, out);
    yaml_parser_delete(&r.parser);
    return e;
}
