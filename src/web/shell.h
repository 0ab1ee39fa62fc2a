/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands around every page: title, brand, contact.
 */
#ifndef WEB_SHELL_H
#define WEB_SHELL_H

#include "base/arena.h"
#include "web/view.h"

struct request;

void shell_fill(struct view_shell *shell, const struct request *r, struct str title);

/* "21 November 2026 at 09:30 UTC" */
struct str shell_time(struct arena *a, int64_t wall_ms);

#endif
