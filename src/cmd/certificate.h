/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificate of a running server: opened at start, looked at every CERTIFICATE_LOOK_MS, and
 * exchanged when its files say something else, without a restart. By content: a symlink swapped as
 * Kubernetes does it, a file replaced and a file rewritten in place are all the same.
 *
 * Files are seldom replaced at one instant. A pair that does not fit is tried again at the next
 * look and reported only when it is still as it was: once per change, while the old pair serves on.
 *
 * Handshakes are counted here as well; one that fails is a line of level debug with its reason.
 * Owner: certificate_open, certificate_close once no connection is left. Threads: the main one.
 */
#ifndef CMD_CERTIFICATE_H
#define CMD_CERTIFICATE_H

#include "net/tls.h"

#include <limits.h>
#include <stdatomic.h>

struct config;
struct store;

enum { CERTIFICATE_LOOK_MS = 2000 };

struct certificate {
    struct tls *tls;
    char certificate_file[PATH_MAX];
    char key_file[PATH_MAX];
    unsigned char digest[TLS_DIGEST_SIZE]; /* of what was tried last */
    bool doubtful;                         /* … which did not fit, and nobody was told yet */
    atomic_ullong handshakes, failed;
    _Atomic int64_t expires_ms; /* of the pair in use */
};

/* As configured; without, a self-signed pair in the data directory. */
enum err certificate_open(struct certificate *c, const struct config *config,
                          const struct store *store, struct why *why);

/* now: somebody asked (SIGHUP). Then the files are read again, changed or not, and faults told. */
void certificate_look(struct certificate *c, bool now);

void certificate_close(struct certificate *c);

#endif
