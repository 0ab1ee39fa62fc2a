/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the API share: how a record, an event and an answer look in JSON. The document
 * is assets/static/api/openapi.json; a test holds every answer against it.
 *
 * Threads: the request's loop.
 */
#ifndef WEB_API_H
#define WEB_API_H

#include "base/json.h"
#include "store/records.h"

struct request;

enum { API_ANSWER_MAX = 4 * 1024 * 1024 };

/* Begins an answer: an object that json_end and api_respond finish. */
void api_begin(struct buf *out, struct json *j);
void api_respond(struct request *r, int status, struct buf *out);

/* The members of a record, into the open object; on any thread, the arena is for scratch. safe_ms
 * 0: not in the replica, or not known. */
void api_put_record(struct arena *a, struct json *j, const struct record *record, int64_t safe_ms);

/* A time as RFC 3339, null when it is 0. */
void api_put_time(struct json *j, const char *key, int64_t wall_ms);

/* The Client ID of the route; false: it is none, and the request has been answered. */
bool api_client_id(struct request *r, struct client_id *out);

/* A problem for what came of a job or a reading. */
void api_failed(struct request *r, enum err e, const struct why *why);

#endif
