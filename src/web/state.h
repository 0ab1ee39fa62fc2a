/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all loops share: constant after web_run, but for what is
 * atomic or has a lock of its own. Only web/ includes it.
 */
#ifndef WEB_STATE_H
#define WEB_STATE_H

#include "core/network.h"
#include "web/audit_watch.h"
#include "web/brand.h"
#include "web/html.h"
#include "web/issuers.h"
#include "web/link.h"
#include "web/pressure.h"
#include "web/ticket.h"
#include "web/view_form.h"
#include "web/web.h"

#include <stdatomic.h>

struct loop;
struct attempts;
struct crowd;
struct rate;
struct spent;
struct workers;
struct st_h2o_globalconf_t;
struct st_h2o_hostconf_t;

enum { WEB_HOSTS = 3 }; /* public, redirect, operations: as enum listener_kind */

struct web {
    const struct config *config;
    struct store *store;
    struct writer *writer;
    struct tls *tls;
    const char *assets_dir;
    struct arena arena;                      /* what is made once, below */
    struct html_texts texts[LANGUAGE_COUNT]; /* made by say_prepare, and the next two */
    struct view_questions questions[LANGUAGE_COUNT];
    struct str browser_words[LANGUAGE_COUNT];
    struct brand brand;
    struct networks trusted; /* proxies in front */
    bool proxy_protocol;     /* they begin each connection with a PROXY header */
    struct crowd *crowd;
    struct rate *rate;
    struct pressure pressure;
    struct spent *spent;   /* challenges that have counted */
    struct str public_url; /* without a slash at the end */
    struct link_key link_key;
    struct issuers_open issuers;            /* as in config->issuers */
    unsigned char staff_key[KEY_FILE_SIZE]; /* keys/staff.key: seals what signing in needs */
    unsigned mfa_roles;                     /* bits, 1 << enum role: auth.mfa_roles */
    struct attempts *attempts;              /* at passwords and codes */
    struct st_h2o_globalconf_t *globalconf;
    /* For each kind of listener a NULL-terminated list of its one host. */
    struct st_h2o_hostconf_t *hosts[WEB_HOSTS][2];
    struct audit_watch audit;
    struct workers *desks[DESK_COUNT];
    struct loop *loops;
    unsigned loops_n;
    unsigned loops_started;
    atomic_bool stopping; /* draining: not ready, no new connections */
    int64_t drain_until;  /* monotonic ms; set before stopping */
    atomic_uint cut;      /* connections that were closed with work in flight */
};

#endif
