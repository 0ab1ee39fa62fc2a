/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every view, for the compiled templates (pages.h). Handlers include the one they fill.
 */
#ifndef WEB_VIEWS_H
#define WEB_VIEWS_H

#include "web/view.h"
#include "web/view_audit.h"
#include "web/view_auth.h"
#include "web/view_insights.h"
#include "web/view_people.h"
#include "web/view_queue.h"
#include "web/view_record.h"
#include "web/view_staff.h"
#include "web/view_tokens.h"

#endif
