/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A form of the team that was sent after its session had ended: what was typed is kept. The answer
 * is a page that holds all of it and says to sign in in another tab and then to send it again. The
 * new session knows nothing of the old one's csrf, so the page carries a sealed word instead:
 *
 *     kept = base64url( seal( keys/staff.key, "kept form", u64 issued, ms ‖ u64 person ‖ path ) )
 *
 * It is given only for a form whose csrf was right for the session that ended, so it came from a
 * page of ours; it counts for half an hour, for that path and that person. Forms with secrets in
 * them (ROUTE_GUESS) are not kept.
 *
 * Threads: the request's loop.
 */
#ifndef WEB_KEPT_FORM_H
#define WEB_KEPT_FORM_H

#include "base/str.h"

struct request;

/* Answers with that page, when the form is one to keep; false: it has not been answered. */
bool kept_form_offer(struct request *r);

/* True when this form, of who is signed in now, is one that was kept: as good as its csrf. */
bool kept_form_is(struct request *r);

#endif
