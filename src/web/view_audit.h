/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /staff/audit: audit.html.
 */
#ifndef WEB_VIEW_AUDIT_H
#define WEB_VIEW_AUDIT_H

#include "web/view_record.h"

struct view_audit_row {
    uint64_t seq;
    struct str at, at_iso;
    struct str actor;   /* a name */
    struct str action;  /* "read the record" */
    struct str code;    /* "record.read" */
    struct str subject; /* a Client ID or a name; may be empty */
    struct str href;    /* of the subject; may be empty */
    struct str detail;  /* "new → contacted"; may be empty */
};

struct view_audit_rows {
    const struct view_audit_row *items;
    size_t n;
};

struct view_audit {
    struct view_staff staff;
    struct str chain; /* "1,234 events follow from each other, checked at 09:30." */
    bool broken;
    struct view_options people, actions;
    struct str record, from, to; /* as typed */
    struct str record_error, from_error, to_error;
    bool filtered;
    struct str newer, older; /* URLs; empty: there are none */
    struct view_audit_rows rows;
    struct str notice;
};

#endif
