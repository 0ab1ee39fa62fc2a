/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the pages show: one struct a template (assets/pages/NAME.html names its parameter's type in
 * its first line). Handlers fill them, templates only choose where things stand; a template can
 * reach nothing else.
 *
 * Lists are structs with items and n. A struct str is "true" for {{#if}} when it is not empty.
 * Memory: views into the request's arena. Threads: plain data of one request.
 */
#ifndef WEB_VIEW_H
#define WEB_VIEW_H

#include "base/str.h"

/* One language in the foot of a page. */
struct view_language {
    struct str code, name, href; /* "de", "Deutsch", "?lang=de" */
    bool current;
};

struct view_languages {
    const struct view_language *items;
    size_t n;
};

/* Around every page. */
struct view_shell {
    struct str lang;                 /* "en" */
    struct str dir;                  /* "ltr", "rtl" */
    struct view_languages languages; /* none when there is no choice */
    struct str title;                /* "Your company": the template adds "Error: " and the brand */
    struct str brand;                /* "Anteroom" or the operator's name */
    struct str contact_email;        /* may be empty */
    struct str contact_phone;        /* may be empty */
    struct str sheet;                /* URL of the style sheet */
    struct str logo, logo_dark, icon; /* URLs; may be empty */
    uint64_t logo_width, logo_dark_width, logo_height;
    bool plain; /* nothing on the page that the script serves: it is not asked for */
    bool has_errors;
    bool has_form; /* with answers to keep: a switch of language sends the form */
};

struct view_choice {
    struct str id; /* "industry-software"; the first one has the field's own name as id */
    struct str value, label;
    bool selected;
};

struct view_choices {
    const struct view_choice *items;
    size_t n;
};

/* One question. Exactly one of the is_… is true. */
struct view_field {
    struct str name, label, hint, value, error;
    /* Ids for aria-describedby: "notes-hint", "notes-count" when has_count, "notes-error". */
    struct str described_by;
    struct str type;         /* for is_line: "text", "email", "tel" */
    struct str inputmode;    /* "", "numeric", "tel", "email" */
    struct str autocomplete; /* "", "organization", … */
    struct str width;        /* "full", "half", "short" */
    struct str dir;          /* of what is typed: "auto", "ltr" */
    struct str kind;         /* "line", "email", "phone", "number", …: for the browser's checks */
    /* The same sentences for the browser. */
    struct str if_missing, if_wrong, if_control, if_long;
    struct view_choices choices;
    uint64_t min, max; /* code points, or the number */
    uint64_t rows;     /* for is_text */
    bool required;
    bool is_line, is_text, is_radios, is_select, is_checkboxes, is_checkbox, is_consent;
    bool is_date;         /* is_line, with help how to write it */
    bool has_count;       /* long text: show "You have N characters left" */
    bool only_with_other; /* industry_other: asked only when industry is "other" */
};

struct view_fields {
    const struct view_field *items;
    size_t n;
};

/* The work, or the wait, that a form is asked for under pressure: challenge.html. */
struct view_challenge {
    struct str token;          /* empty: nothing is asked */
    struct str number;         /* the solution, when there is one already */
    uint64_t bits, size, wait; /* zero bits, bytes a try, seconds */
    bool at_once;              /* asked for the first time: sent by itself when the work is done */
    bool later;                /* the button that was pressed is "Save and come back later" */
    struct str working, longer, sending, ready; /* what the browser says meanwhile */
};

struct view_error {
    struct str href; /* "#email" */
    struct str message;
};

struct view_errors {
    const struct view_error *items;
    size_t n;
};

/* /apply/company and /apply/engagement: form.html */
struct view_form {
    struct str opened; /* wall time in s at which the page was shown, for the funnel */
    struct view_shell shell;
    struct str caption;       /* "Step 1 of 2" */
    struct str heading;       /* "Tell us about your company" */
    struct str intro;         /* may be empty */
    struct str action;        /* where it posts */
    struct str back;          /* where Back leads */
    struct str browser_words; /* say_browser_words */
    struct str notice; /* "We are busy…": something to know that is no finding; may be empty */
    bool again;        /* the decoy was filled in once: not asked again */
    struct view_challenge challenge;
    struct view_errors errors;
    struct view_fields fields;
};

struct view_answer {
    struct str label, value; /* value may have line breaks; shown as typed */
    struct str change;       /* "/apply/company?from=check#email" */
    bool given;              /* false: "Not provided" */
};

struct view_answers {
    const struct view_answer *items;
    size_t n;
};

/* /apply/check: check.html. */
struct view_check {
    struct view_shell shell;
    struct str notice;
    struct view_challenge challenge;
    struct view_errors errors; /* answers that are missing or no longer right, with links */
    struct view_answers company, engagement;
};

struct view_step {
    struct str text;
};

struct view_steps {
    const struct view_step *items;
    size_t n;
};

/* A QR code (qr.h); size 0: there is none. */
struct view_qr {
    uint64_t size;
    struct str path;
};

/* /apply/done: done.html */
struct view_done {
    struct view_shell shell;
    struct str client_id;
    struct str sent_at; /* "21 November 2026 at 09:30 UTC" */
    struct str sent_at_iso;
    struct view_steps next; /* what happens next, in the operator's words; may be none */
    struct str status_url;  /* the signed link to its state */
    struct view_qr qr;      /* of that link */
};

/* /apply/saved: saved.html */
struct view_saved {
    struct view_shell shell;
    struct str link, until; /* until when the draft is kept */
    struct view_qr qr;
    struct str next; /* where the visitor goes on */
};

/* /resume/<token>: resume.html */
struct view_resume {
    struct view_shell shell;
    struct str action, until;
    bool replaces; /* this browser has other answers that are not sent */
};

/* /status/<token>: status.html */
struct view_status {
    struct view_shell shell;
    struct str heading, text; /* the state, in plain words */
    struct str client_id, sent_at, sent_at_iso;
    struct str next;                       /* what happens next */
    bool safe;                             /* the request is in the replica too, */
    struct str safe_since, safe_since_iso; /* at the latest since */
};

/* /: start.html */
struct view_start {
    struct view_shell shell;
    bool has_draft; /* there is something to continue: "Continue where you left off" */
};

/* /privacy and /accessibility: privacy.html, accessibility.html */
struct view_text {
    struct view_shell shell;
    struct str draft_time; /* "7 days": how long a form that was not sent is kept */
};

/* /staff/design, in development builds: design.html, then a design_pane.html for each scheme. */
struct view_token {
    struct str name, use;                     /* "--ink", "text" */
    struct str light, dark;                   /* its value in each scheme */
    struct str light_contrast, dark_contrast; /* "14.20"; empty: nothing is read in it */
    struct str ground;                        /* what it is read on, "--paper" */
    struct str least;                         /* "4.5" */
    bool fails;
};

struct view_tokens {
    const struct view_token *items;
    size_t n;
};

struct view_distance {
    uint64_t steps, pixels;
};

struct view_distances {
    const struct view_distance *items;
    size_t n;
};

struct view_design {
    struct view_shell shell;
    struct view_tokens tokens;
    struct view_distances distances;
};

struct view_design_pane {
    struct str title, scheme; /* "Light", "light" */
    struct str lang, dir;
    struct view_shell shell;
    struct str notice;
    struct view_errors errors;
    struct view_fields fields;
    struct view_answers answers;
    struct view_done done;
};

/* Any error page: problem.html */
struct view_problem {
    struct view_shell shell;
    struct str heading; /* "This page does not exist" */
    struct str text;    /* what to do next */
    struct str link;    /* to the start page; may be empty */
};

#endif
