/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every response carries, whoever made it (a handler, libh2o's own errors): the security
 * headers, and one line in the log. Attached to a host's fallback path, the only one there is.
 */
#ifndef WEB_HEADERS_H
#define WEB_HEADERS_H

struct st_h2o_pathconf_t;

/* Security headers; https tells whether Strict-Transport-Security belongs to them. */
void headers_attach(struct st_h2o_pathconf_t *path, int https);

/*
 * Makes libh2o's answer to requests that cannot be parsed, which passes no filter, from the same
 * headers. Call once, before the first connection.
 */
void headers_prepare(void);

/* One log line for each request: method, route, status, bytes, time. Nothing about a person. */
void access_log_attach(struct st_h2o_pathconf_t *path);

#endif
