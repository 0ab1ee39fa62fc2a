/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /staff: queue.html.
 */
#ifndef WEB_VIEW_QUEUE_H
#define WEB_VIEW_QUEUE_H

#include "web/view_record.h"

/* A text in pieces, those that a search found marked. */
struct view_piece {
    struct str text;
    bool hit;
};

struct view_pieces {
    const struct view_piece *items;
    size_t n;
};

struct view_queue_row {
    struct str client_id, href;
    struct str mark; /* "CL-7KQ4M-X2PHM.3": the record and its revision */
    struct view_pieces company, contact;
    struct str service, budget;
    struct str status, status_label; /* "new", "New" */
    struct str owner;                /* empty: nobody */
    struct str age, at, at_iso;
    struct str duplicate; /* an earlier Client ID; may be empty */
    struct str safe;  /* "Safe in two places since …"; empty: not yet, or there is no replica */
    struct str place; /* "Project": where the words were found; may be empty */
    struct view_pieces excerpt;
    bool marked;
};

struct view_queue_rows {
    const struct view_queue_row *items;
    size_t n;
};

struct view_sentence {
    struct str text;
};

struct view_sentences {
    const struct view_sentence *items;
    size_t n;
};

/* What is chosen by hand: the filters and the order. */
struct view_queue_filters {
    struct str q, status; /* stay as they are */
    struct view_options owners, services, sorts;
    struct str from, to;
    bool from_typed, to_typed; /* not a date of the calendar: "7d" */
    bool any;                  /* something is left out by them */
};

struct view_queue {
    struct view_staff staff;
    struct str heading;
    struct str count; /* "1,204 records", "1,000+" */
    struct view_links views, tabs;
    struct view_queue_filters filters;
    struct str notice;          /* an alert; may be empty */
    struct view_sentences done; /* what a change came to */
    struct view_sentences told; /* what was not understood of the search */
    struct str read_as, read_as_href;
    bool too_broad;
    struct view_queue_rows rows;
    bool searched; /* for words: rows have a second line */
    struct str before, behind, first;
    bool has_replica;
    /* Nothing to show: nobody has written yet; nothing fits the filters; nothing was found. */
    bool nobody_wrote, nothing_fits, nothing_found;
    struct str form_url;
    /* Changing the marked ones. */
    bool may_work;
    struct view_options becomes, assign;
    struct str back;                    /* this list, as its forms lead back to it */
    struct str export_csv, export_json; /* all of it as a file; empty: the role may not */
    /* Keeping this view. */
    struct str name, name_error;
    struct str drop; /* where the form posts that deletes this view; may be empty */
    struct str drop_name;
    bool may_keep, may_share, shared;
    /* Live arrivals. */
    struct str arrivals;      /* the stream */
    struct str arrivals_href; /* where they are seen */
    struct str slot;          /* "{n}": for the number in the script's sentence */
};

#endif
