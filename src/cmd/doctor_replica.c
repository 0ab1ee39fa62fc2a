/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cmd/doctor.h"
#include "cmd/replication.h"
#include "replicate/baseline.h"

enum { BEHIND_MS = 60 * 1000 }; /* so much later than the replica an event here may be */

/* Asks the place for its newest file: it answers, with these credentials, and holds our files. */
static enum err ask(struct patient *p, struct baseline_newest *newest, struct why *why)
{
    struct arena a;
    struct destination *place;
    arena_init(&a);
    enum err e = replication_place(&p->config, &a, &place, why);
    if (!e)
        e = baseline_newest(place, newest, why);
    destination_free(place);
    arena_release(&a);
    return e;
}

void doctor_replica(struct patient *p, struct diagnosis *d)
{
    struct baseline_newest newest;
    struct why why = {0};
    char when[CLOCK_RFC3339_SIZE];
    struct str url = p->config.replica_url;
    if (url.len == 0) {
        diagnose(d, DOCTOR_SKIPPED, "With replica.url there is a second copy of everything.",
                 "none is configured");
        return;
    }
    enum err e = ask(p, &newest, &why);
    if (e && !why.hint[0])
        err_hint(&why, "Check replica.url and what stands there, then ask again.");
    if (e)
        diagnose_why(d, DOCTOR_BAD, &why);
    else if (newest.txid == 0)
        diagnose(d, DOCTOR_WARN, "The server's next start begins it.", "%.*s is empty",
                 STR_ARG(url));
    else if (p->newest_ms > newest.notes.at_ms + BEHIND_MS)
        diagnose(d, DOCTOR_WARN,
                 p->server ? "Look at the server's log for “replica”."
                           : "Start the server: it catches up.",
                 "%.*s is behind: its newest file is of %.*s", STR_ARG(url),
                 STR_ARG(clock_rfc3339(newest.notes.at_ms, when)));
    else if (p->config.replica_encryption_key_file.len && !newest.notes.sealed)
        diagnose(d, DOCTOR_WARN, "From the server's next start on what is new is encrypted.",
                 "%.*s is not encrypted yet: there is a key, and its newest file was put without",
                 STR_ARG(url));
    else
        diagnose(d, DOCTOR_OK, NULL, "%.*s, transaction %llu, of %.*s%s", STR_ARG(url),
                 (unsigned long long)newest.txid, STR_ARG(clock_rfc3339(newest.notes.at_ms, when)),
                 newest.notes.sealed ? ", encrypted" : "");
}
