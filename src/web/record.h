/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page of one record, and what is done on it. record.c shows it, record_change.c takes the
 * forms. To show it is to read it: the page is made once the reading stands in the audit.
 */
#ifndef WEB_RECORD_H
#define WEB_RECORD_H

#include "core/workflow.h"
#include "store/records.h"

struct request;

/* What a form that was not taken leads back with. */
struct record_again {
    int status;        /* of the answer; 200 at first */
    struct str notice; /* may be empty */
    struct str note, note_error;
    int64_t seen; /* events above it are new to who sent the form; 0: none are */
};

/* Notes the reading, then answers with the page. */
void record_show(struct request *r, const struct client_id *id, const struct record_again *again);

/* The Client ID of the route; false: it is none, and the request has been answered. */
bool record_of_route(struct request *r, struct client_id *out);

/* "Contacted", in the language of the request. */
struct str record_status_label(const struct request *r, enum status status);

#endif
