/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /staff/design: what the pages are made of, made by the templates and the style sheet that
 * visitors get, so that it cannot be out of date. Colours with their contrast, type, distances, and
 * every part in every state: light, dark, right to left.
 *
 * A scheme is a media query, and one page has to show two: /staff/design.css holds the sheet's own
 * tokens again, under .light and .dark.
 *
 * Only builds with ANTEROOM_DEVELOPMENT (asan, tsan) have the two rows of routes.def. A release
 * links nothing of this. Threads: the request's loop.
 */
#ifndef WEB_DESIGN_H
#define WEB_DESIGN_H

struct request;

void handle_design_page(struct request *r);
void handle_design_sheet(struct request *r);

#endif
