/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /staff/insights: insights.html. Lengths across are parts of the width ("12.50%"), so that a chart
 * fits every window and its words keep their size; upright they are pixels.
 */
#ifndef WEB_VIEW_INSIGHTS_H
#define WEB_VIEW_INSIGHTS_H

#include "web/view_staff.h"

/* A figure at the top. */
struct view_figure {
    struct str label, value, note; /* note may be empty */
    struct str href;               /* may be empty */
};

struct view_figures {
    const struct view_figure *items;
    size_t n;
};

struct view_chart_bar {
    struct str x, width;
    uint64_t y, height;
    struct str label, n; /* "21 November 2026", "1,042" */
    struct str iso;      /* "2026-11-21" */
};

struct view_chart_bars {
    const struct view_chart_bar *items;
    size_t n;
};

struct view_chart_mark {
    struct str x, label, anchor; /* "start", "middle", "end" */
    uint64_t y;
    bool spare; /* left out where it is narrow */
};

struct view_chart_marks {
    const struct view_chart_mark *items;
    size_t n;
};

struct view_chart {
    struct str title, unit; /* "Submissions by day", "Day" */
    struct str text;        /* what is in it, as a sentence */
    struct str edge;        /* where the axis' number stands: "0" or "100%" */
    uint64_t base;          /* the line on which the bars stand */
    struct view_chart_bars bars;
    struct view_chart_marks across, up; /* under the bars; the axis' lines */
    struct view_chart_mark peak;
};

/* A row with a bar of its own. */
struct view_part {
    struct str label, n, share;
    struct str width;
    struct str href;             /* may be empty */
    struct str left, took, sent; /* of a step: how many left, how long, sent back; may be empty */
    bool rest;                   /* what is not in any of the others */
};

struct view_parts {
    const struct view_part *items;
    size_t n;
};

struct view_lapse {
    struct str question, finding, n;
};

struct view_lapses {
    const struct view_lapse *items;
    size_t n;
};

struct view_insights {
    struct view_staff staff;
    struct view_links ranges;
    struct str period; /* "22 October 2026 to 21 November 2026, UTC" */
    struct str from, to, from_error, to_error;
    struct view_figures figures;
    bool any; /* submissions, or journeys */
    struct view_chart chart;
    struct view_parts services, industries, contacts, steps;
    struct view_lapses lapses;
};

#endif
