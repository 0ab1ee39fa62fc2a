/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A note as HTML: a little of Markdown, and nothing else.
 *
 *     paragraphs            an empty line between them; a single line break stays one
 *     - a list              lines that begin with "- " or "* "
 *     **strong**  *weak*  `code`                     on one line, not within each other
 *     https://example.com   becomes a link, without what ends a sentence behind it
 *
 * Everything else is text and stays as it was typed. All of it is escaped by html.h.
 *
 * Memory: the markup is in the arena. Threads: pure.
 */
#ifndef WEB_NOTE_H
#define WEB_NOTE_H

#include "base/arena.h"
#include "web/html.h"

struct markup note_html(struct arena *a, struct str text);

#endif
