/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The visitor's language, and what is said in it.
 *
 * The language of a request: ?lang=de (which a cookie then remembers for a year), else that cookie,
 * else Accept-Language (core/accept_language.h), else form.language. Only what form.languages
 * offers is ever chosen. Pages and problems name it in Content-Language and vary by it.
 *
 * Sentences of handlers are taken by key; those of templates are written as {{t KEY}}.
 *
 * Memory: constants, or the request's arena. Threads: the request's loop; say_prepare once, before.
 */
#ifndef WEB_SAY_H
#define WEB_SAY_H

#include "core/form.h"
#include "core/words.h"
#include "web/view.h"

struct request;
struct view_questions;
struct web;

/* Makes the texts of every language ready for pages. */
void say_prepare(struct web *web);

/* Chooses the language of a request; sets the cookie when it was asked for by ?lang=. */
void say_choose(struct request *r);

/* Content-Language and Vary, for an answer in words. */
void say_headers(struct request *r);

/* "de" */
struct str say_language(const struct request *r);

/* The links to this page in the languages that are offered; none when there is only one. */
struct view_languages say_languages(struct request *r);

/* This page in a language: "?lang=de", "?from=check&lang=de". */
struct str say_link(struct request *r, enum language language);

/* True for a form that was sent to this page in another language, and for nothing else. */
bool say_is_switch(const struct request *r);

/* A text without placeholders. */
struct str say(const struct request *r, enum text key);

/* In the plural form that goes with n. */
struct str say_count(struct request *r, enum text key, uint64_t n);

/* With one placeholder filled. */
struct str say_with(struct request *r, enum text key, const char *name, struct str value);

/* "21 November 2026 at 09:30 UTC" */
struct str say_time(struct request *r, int64_t wall_ms);

/* "21 November 2026" */
struct str say_day(struct request *r, int64_t wall_ms);

/* How long ago, in whole days, hours or minutes: "3 hours"; "now" within a minute. */
struct str say_age(struct request *r, int64_t wall_ms, int64_t now_ms);

/* What is asked, and the questions as views, in the request's language. */
const struct form_rules *say_rules(const struct request *r);
const struct view_questions *say_questions(const struct request *r);

/* What apply.js says: a JSON object in the words of the language. */
struct str say_browser_words(const struct request *r);

#endif
