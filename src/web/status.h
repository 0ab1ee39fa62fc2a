/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of a submission for whoever holds its signed link (link.h): /status/<token>.
 *
 * States are words of the store's column; people read sentences. What has ended reads the same
 * however it ended. Handlers are named by routes.def.
 */
#ifndef WEB_STATUS_H
#define WEB_STATUS_H

#include "core/client_id.h"

struct request;

/* "https://…/status/…", in the request's arena. */
struct str status_url(struct request *r, const struct client_id *id);

#endif
