/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The issuers of auth.oidc, opened: what the configuration says becomes what net/oidc.h asks, and
 * the files with secrets, keys and authorities are looked at. At the start, before the sandbox.
 *
 * Owner: issuers_open, then issuers_close. Threads: constant in between; net/oidc.h has locks.
 */
#ifndef WEB_ISSUERS_H
#define WEB_ISSUERS_H

#include "config/config.h"
#include "net/fetch.h"
#include "net/oidc.h"

enum {
    ISSUER_FILES = 4,
    ISSUERS_READS = FETCH_FILES_MAX + ISSUERS_MAX * ISSUER_FILES,
    ISSUERS_PORTS = ISSUERS_MAX * OIDC_PORTS,
};

struct issuers_open {
    struct oidc *items[ISSUERS_MAX]; /* as in config->issuers */
    size_t n;
    struct arena arena;
};

/* What they need while the server runs: files and folders to read, ports to call. */
struct issuers_needs {
    const char *read[ISSUERS_READS];
    size_t n_read;
    uint16_t ports[ISSUERS_PORTS];
    size_t n_ports;
};

/* Errors as of configuration: a file that cannot be read or holds no key. */
enum err issuers_open(const struct config *config, struct issuers_open *out, struct why *why);
void issuers_close(struct issuers_open *all);

/* Ends what is under way. */
void issuers_stop(struct issuers_open *all);

void issuers_needs(const struct config *config, struct issuers_open *all,
                   struct issuers_needs *out);

/* One alone: for anteroom doctor. */
enum err issuer_open(const struct issuer *issuer, struct oidc **out, struct why *why);

#endif
