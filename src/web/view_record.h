/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /staff/records/<client_id>: record.html.
 */
#ifndef WEB_VIEW_RECORD_H
#define WEB_VIEW_RECORD_H

#include "web/html.h"
#include "web/view_staff.h"

struct view_fact {
    struct str label, value;
    struct str link; /* mailto: or tel: of it; may be empty */
    bool given;
};

struct view_facts {
    const struct view_fact *items;
    size_t n;
};

struct view_happening {
    struct str author, at, at_iso;
    struct str sentence; /* "changed the status from New to Contacted" */
    struct markup note;
    bool is_new; /* came while somebody else's page was open */
};

struct view_happenings {
    const struct view_happening *items;
    size_t n;
};

struct view_option {
    struct str value, label;
    bool selected;
};

struct view_options {
    const struct view_option *items;
    size_t n;
};

struct view_record {
    struct view_staff staff;
    struct str client_id, company;
    struct str status, status_label; /* "new", "New" */
    struct str owner;                /* empty: nobody */
    struct str sent_at, sent_at_iso, source, language, consent;
    bool has_replica;
    struct str safe;      /* "Safe in two places since …"; empty: not yet */
    struct str duplicate; /* a Client ID; may be empty */
    struct view_facts company_facts, engagement_facts, extra_facts;
    struct view_happenings happenings;
    struct str older;            /* URL; may be empty */
    struct view_options becomes; /* statuses that may follow */
    struct view_options owners;
    uint64_t revision;
    int64_t seen;      /* the newest event that is shown */
    struct str notice; /* what happened meanwhile; may be empty */
    struct str note, note_error;
    struct str audit; /* URL; empty: not for this role */
    bool may_work;
    bool may_take; /* nobody has it */
    int64_t me;
};

#endif
