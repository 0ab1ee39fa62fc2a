/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A proof of work before a journey is taken in: what a form brings of it, whether it is enough, and
 * what the page asks for when it is not (assets/pages/challenge.html, static/js/challenge.js).
 *
 * Asked for only under pressure, and of who costs us something new: to begin a draft, and to send
 * one that was begun without. A draft remembers that it was paid for (draft.h), so a journey pays
 * once. Whoever has no JavaScript waits instead, as the page says, and presses the button again;
 * such waits are rationed per client (RATE_WAIT).
 *
 * Threads: the request's loop.
 */
#ifndef WEB_PROOF_H
#define WEB_PROOF_H

#include "web/view.h"

struct request;

struct proof {
    struct str token, number;  /* as they came in the form; may be empty */
    bool paid;                 /* it was enough, and has counted */
    struct view_challenge ask; /* for the page; empty: nothing is asked */
    struct str notice;         /* for the page, when something is asked */
};

/* Takes one of the form's controls when it is ours. */
void proof_control(struct proof *p, struct str name, struct str value);

/*
 * True when the request may go on: calm, or paid for now. Otherwise ask and notice are filled and
 * the answer is a 503 that keeps what was typed. begins: this would be a new journey.
 */
bool proof_is_enough(struct request *r, struct proof *p, bool begins);

/* For a page shown for another reason: what was given or paid is not lost. */
void proof_keep(struct request *r, struct proof *p);

#endif
