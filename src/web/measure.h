/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long requests take, by route, method and status: http_server_request_duration_seconds, with
 * the names that OpenTelemetry has for it, and how many are being answered.
 *
 * Each loop counts in a table of its own, without a lock; who scrapes reads them all and adds up.
 * The route's pattern stands for the path, a method or status nobody defined is one of a few: so
 * the table is bounded, and what does not fit counts under no route.
 *
 * Owner: measure_free, after the loops have ended. Threads: measure_request and measure_active are
 * the loop's; measure_expose any.
 */
#ifndef WEB_MEASURE_H
#define WEB_MEASURE_H

#include "base/exposition.h"

struct measure;
struct route;
struct web;

struct measure *measure_new(void);
void measure_free(struct measure *m); /* NULL is fine */

/* method: one of the static names of access_log.c. route may be NULL. */
void measure_request(struct measure *m, const struct route *route, struct str method, int status,
                     int64_t took_us);

/* One more, or one less, is being answered. */
void measure_active(struct measure *m, int change);

/* Of all loops of the web: a source of exposition.h. */
exposition_writer measure_expose;

#endif
