/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of people.h share. Private to store/; the writer's thread. */
#ifndef STORE_PEOPLE_INNER_H
#define STORE_PEOPLE_INNER_H

#include "store/people.h"
#include "store/write_inner.h"

/* Audits something that happened to a person. */
enum err people_audit(struct write *w, const struct actor *actor, struct str action, int64_t person,
                      struct str detail, struct why *why);

/* A new link for a person (0: nobody yet), instead of any before. */
enum err people_link(struct write *w, int64_t person, enum invitation_kind kind,
                     const struct session_hash *link, int64_t expires_ms, struct why *why);

/* A row of a query that answers one at most, or none: then false. The caller resets it. */
enum err people_insert(struct write *w, struct str login, struct str name, struct str email,
                       enum role role, enum person_state state, struct str password, int64_t *id,
                       struct why *why);

/* Administrators who can sign in, but for one. */
enum err people_administrators(struct write *w, int64_t beside, int64_t *n, struct why *why);

#endif
