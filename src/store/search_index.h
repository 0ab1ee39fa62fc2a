/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts submissions and notes into the search index (0008-search.up.sql, core/search_text.h).
 *
 * It is not done while a submission is stored: a hundred words cost more than all its rows. The
 * writer does it beside the groups, a slice of a few milliseconds in a transaction of its own, so
 * that a submission is found within a second, and after a burst when there is time; what it has
 * found a place for is counted with it (store/insights.h). meta remembers
 * how far it came, so a crash leaves nothing out. A new note is added to the submission's entry
 * (core/search_text.h says how, without taking anything out); a status or owner that changes is the
 * schema's trigger's work, at once. An index that was made with other words (SEARCH_TEXT_VERSION)
 * is cleared and built anew.
 *
 * To take an entry out, securely, step by step from the newest note back, the words it was put in
 * with are made again from the rows (among a million submissions that takes a moment): whoever
 * deletes or changes the answers or notes of a submission calls search_forget before and, when it
 * stays, search_remember behind it, in the same transaction.
 *
 * The writer's thread, or a command that holds the directory's lock.
 */
#ifndef STORE_SEARCH_INDEX_H
#define STORE_SEARCH_INDEX_H

#include "core/client_id.h"
#include "store/connection.h"

struct write;

/*
 * Indexes for about so long, at most `rows` submissions and notes, in one transaction. *more: there
 * may be others. When it fails nothing of it is stored, and the connection is not to be used again.
 */
enum err search_index(struct connection *c, unsigned rows, int64_t within_us, bool *more,
                      struct why *why);

/* Parts of a JOB_WRITE: takes the submission of that row number out of the index; puts it in. One
 * that is not in it yet stays as it is. */
enum err search_forget(struct write *w, int64_t submission, struct why *why);
enum err search_forget_client(struct write *w, const struct client_id *id, struct why *why);
enum err search_remember(struct write *w, int64_t submission, struct why *why);

#endif
