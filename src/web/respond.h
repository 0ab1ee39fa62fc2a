/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answering: pages, redirects, JSON, problems. Each verb answers the request once and for all;
 * security headers are added to every response by headers.c.
 *
 * A page is written into the request's own html buffer (PAGE_MAX bytes at most):
 *
 *     page_form(respond_html(r), &view);
 *     respond_page(r, 200);
 */
#ifndef WEB_RESPOND_H
#define WEB_RESPOND_H

#include "base/err.h"

struct html;
struct request;

enum { PAGE_MAX = 512 * 1024, PAGE_USUAL = 12 * 1024 };

/* The request's page buffer; empty at first. */
struct html *respond_html(struct request *r);

/*
 * Sends what was written with respond_html. When that is more than a page may hold, it was made so
 * by what was typed into it (422: nothing else grows), and the answer is respond_too_long.
 */
void respond_page(struct request *r, int status);

/* Adds a header to the answer to come. name is lower-case and must be a literal. */
void respond_header(struct request *r, struct str name, struct str value);

/* 303 See Other. */
void respond_redirect(struct request *r, struct str location);

/* body must live as long as the request. */
void respond_bytes(struct request *r, int status, struct str content_type, struct str body);

/*
 * A problem as the route's readers understand it: a page, or application/problem+json. heading says
 * what is the matter, text what to do next.
 */
void respond_problem(struct request *r, int status, struct str heading, struct str text);

/* 413: the answers are too long, all together. */
void respond_too_long(struct request *r);

/* The problem for an error of ours, by its kind; logs what is not the client's doing. */
void respond_error(struct request *r, enum err kind, const struct why *why);

#endif
