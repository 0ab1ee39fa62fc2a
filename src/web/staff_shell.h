/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands around the team's pages: the rail with what the role may see, the search, who is
 * signed in. For requests that staff_let_in has let in.
 */
#ifndef WEB_STAFF_SHELL_H
#define WEB_STAFF_SHELL_H

#include "core/access.h"
#include "web/view_staff.h"

struct request;

enum staff_section { SECTION_QUEUE, SECTION_INSIGHTS, SECTION_AUDIT, SECTION_SETTINGS };

void staff_shell_fill(struct view_staff *shell, struct request *r, struct str title,
                      enum staff_section section);

/* Every role, for a select. */
struct view_roles staff_roles(struct request *r, enum role selected);

/* The tabs of the settings that the role may see; path is the page that is shown. */
struct view_links staff_settings_tabs(struct request *r, struct str path);

#endif
