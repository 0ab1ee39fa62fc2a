/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program asks to change about a record, in JSON:
 *
 *     {"status": "contacted", "owner": 7 or null, "revision": 3}       PATCH: at least one change
 *     {"text": "Called them."}                                          a note
 *
 * Nothing is passed over: a name that is not known, a name twice or a wrong type is refused with a
 * sentence. revision may come as If-Match instead. Pure; texts are in the arena.
 */
#ifndef CORE_RECORD_CHANGE_H
#define CORE_RECORD_CHANGE_H

#include "base/arena.h"
#include "base/err.h"
#include "core/workflow.h"

struct record_change_asked {
    bool has_status, has_owner, has_revision;
    enum status status;
    int64_t owner; /* 0: nobody */
    uint64_t revision;
};

enum err record_change_read(struct arena *a, struct str body, struct record_change_asked *out,
                            struct why *why);

enum err note_read(struct arena *a, struct str body, struct str *text, struct why *why);

#endif
