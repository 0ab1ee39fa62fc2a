/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files a replica has, as the keeper knows it: listed once, then kept up as files are put and
 * deleted, so that an idle replica is not asked again and again.
 *
 * Of files that no level above contains the notes (notes.h) are kept too: they are merged next.
 *
 * Owner: shelf_release. Threads: one at a time.
 */
#ifndef REPLICATE_SHELF_H
#define REPLICATE_SHELF_H

#include "replicate/notes.h"
#include "replicate/retention.h"

struct shelf {
    struct retention_file *files; /* in retention_order */
    size_t n, room;
};

void shelf_release(struct shelf *s); /* empty, and usable again */

/* Adds it, with a copy of its notes (NULL: not known); it replaces what is known of it. */
void shelf_add(struct shelf *s, const struct ltx_name *name, uint64_t size, int64_t put_ms,
               const struct notes *notes);

/* NULL: it is not there. Valid until the shelf changes. */
struct retention_file *shelf_find(const struct shelf *s, const struct ltx_name *name);
void shelf_drop(struct shelf *s, const struct ltx_name *name);

/* Its notes are not needed any more. */
void shelf_forget_notes(struct shelf *s, const struct ltx_name *name);

/* Asks the destination for the notes of a file, where they are not known. */
enum err shelf_look(struct retention_file *file, struct destination *d, struct why *why);

/* All files the destination has, in place of what was known; those that are to be merged next are
 * looked at. */
enum err shelf_list(struct shelf *s, struct destination *d, struct why *why);

#endif
