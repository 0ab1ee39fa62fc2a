/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands around every page: title, brand, contact, the languages.
 */
#ifndef WEB_SHELL_H
#define WEB_SHELL_H

#include "base/arena.h"
#include "web/view.h"

struct request;

void shell_fill(struct view_shell *shell, struct request *r, struct str title);

#endif
