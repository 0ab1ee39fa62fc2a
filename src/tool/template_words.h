/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands inside {{…}}, word by word, and the names that a path may begin with. The verbs take
 * what they find off the beginning of *s. Internal to the template compiler; views into its source.
 */
#ifndef TOOL_TEMPLATE_WORDS_H
#define TOOL_TEMPLATE_WORDS_H

#include "tool/template.h"

/* A name a path may begin with. */
struct scope {
    struct str name;
    unsigned loop; /* 0: the parameter */
    const struct scope *outer;
};

bool words_is_blank(char c); /* space, tab */

/* The C name at the beginning; empty when there is none. */
struct str words_name(struct str *s);

/* Everything up to a blank. */
struct str words_word(struct str *s);

/* Blanks; true when there were at least that many. */
bool words_blanks(struct str *s, size_t least);

/* Exactly that text; false and nothing taken when it is not there. */
bool words_take(struct str *s, struct str text);

/* Whether word is the first word of words. */
bool words_begin(struct str words, struct str word);

/* A whole path, "v.shell.title", into node->root and node->rest. bare_allowed: "v" will do. */
bool words_path(struct template *t, struct str words, const struct scope *scope, bool bare_allowed,
                struct node *node);

/* Refuses what a template may not call its things: h is the page, h_… are the compiler's own. */
bool scope_check(struct template *t, const char *at, struct str name, const struct scope *scope);

/* {{t KEY NAME=path…}}, without its braces: key and slots. */
bool words_say(struct template *t, struct str words, const struct scope *scope, struct node *node);

#endif
