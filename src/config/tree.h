/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A YAML document as a small tree: texts, maps and lists, each with the place where it stands.
 *
 * Only what a configuration needs: one document, no anchors, aliases, merge keys or tags, texts as
 * keys, each key once in its map, at most TREE_DEPTH_MAX levels and TREE_WIDTH_MAX entries in one
 * map or list. Anything else is ERR_CONFIG with a sentence and "name:line:column". The parser is
 * libyaml's event interface; what a plain text means (a number, a time) is the reader's decision.
 *
 * Memory: nodes and texts live in the arena. Threads: one at a time per arena.
 */
#ifndef CONFIG_TREE_H
#define CONFIG_TREE_H

#include "base/arena.h"
#include "base/err.h"

enum { TREE_DEPTH_MAX = 8, TREE_WIDTH_MAX = 256 };

struct place {
    unsigned line, column; /* from 1; 0 when the value came from no file */
};

enum tree_kind { TREE_TEXT, TREE_MAP, TREE_LIST };

struct tree {
    enum tree_kind kind;
    struct place place;
    struct str text;    /* TREE_TEXT */
    bool plain;         /* TREE_TEXT written without quotes */
    struct tree *first; /* TREE_MAP, TREE_LIST */
    size_t n;           /* entries */

    struct str key; /* as an entry of a map */
    struct place key_place;
    struct tree *next; /* the next entry of the same map or list */
};

/* *out is NULL for a text without a document (empty, or comments only). */
enum err tree_parse(struct arena *a, struct str text, const char *name, struct tree **out,
                    struct why *why);

/* Nothing was written: no text, without quotes. */
bool tree_is_blank(const struct tree *node);

/* ERR_CONFIG as "name:line:column: …"; without a line only "name: …". */
enum err tree_refuse(struct why *why, const char *name, struct place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
