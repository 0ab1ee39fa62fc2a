/* SPDX-License-Identifier: Apache-2.0 */
/* The doctor's look at what is remembered. */
#include "base/clock.h"
#include "cmd/doctor.h"
#include "store/health.h"
#include "store/store.h"

enum { MIB = 1024 * 1024, CHECK_MS = 1000, SLOW_SYNC_US = 250 * 1000, FILES_LOW = 64 };

static const uint64_t free_bad = 64ull * MIB, free_low = 1024ull * MIB;

void doctor_directory(struct patient *p, struct diagnosis *d)
{
    struct why why = {0};
    enum err e = health_directory(p->data, &why);
    if (e == ERR_MISSING) {
        diagnose(d, DOCTOR_WARN,
                 "The first start makes it. Is it the right one? --data names another.",
                 "there is no %s yet", p->data);
        return;
    }
    if (e == ERR_NONE)
        e = health_served(p->data, &p->server, &why);
    if (e != ERR_NONE) {
        diagnose_why(d, DOCTOR_BAD, &why);
        return;
    }
    p->there = true;
    if (p->server > 0)
        diagnose(d, DOCTOR_OK, NULL, "%s, served by process %ld", p->data, p->server);
    else if (p->server)
        diagnose(d, DOCTOR_OK, NULL, "%s, served by a process that does not say its number",
                 p->data);
    else
        diagnose(d, DOCTOR_OK, NULL, "%s, served by nobody at the moment", p->data);
}

void doctor_disk(struct patient *p, struct diagnosis *d)
{
    struct health_disk disk;
    struct why why = {0};
    int64_t us = 0;
    if (!p->there) {
        diagnose(d, DOCTOR_SKIPPED, NULL, "there is no data directory to look at");
        return;
    }
    if (health_disk(p->data, &disk, &why) != ERR_NONE ||
        health_write(p->data, &us, &why) != ERR_NONE) {
        diagnose_why(d, DOCTOR_BAD, &why);
        return;
    }
    unsigned long long free_mib = disk.free / MIB, size_mib = disk.size / MIB;
    if (disk.free < free_bad || disk.files_free < FILES_LOW)
        diagnose(d, DOCTOR_BAD, "Free space there: when it is full the form answers 503.",
                 "%llu MiB of %llu free, room for %llu files", free_mib, size_mib,
                 (unsigned long long)disk.files_free);
    else if (disk.free < free_low)
        diagnose(d, DOCTOR_WARN, "Free space there before it is full.", "%llu MiB of %llu free",
                 free_mib, size_mib);
    else if (us > SLOW_SYNC_US)
        diagnose(
            d, DOCTOR_WARN,
            "Each answer waits for a sync: use a faster disk, or find what else keeps it busy.",
            "a durable write took %lld ms", (long long)us / 1000);
    else
        diagnose(d, DOCTOR_OK, NULL, "%llu MiB of %llu free, a durable write took %lld.%lld ms",
                 free_mib, size_mib, (long long)us / 1000, (long long)us % 1000 / 100);
}

void doctor_database(struct patient *p, struct diagnosis *d)
{
    struct health_database found;
    struct why why = {0};
    if (!p->there) {
        diagnose(d, DOCTOR_SKIPPED, NULL, "there is no data directory to look at");
        return;
    }
    enum err e = health_database(p->data, CHECK_MS, &found, &why);
    p->newest_ms = found.audit_ms;
    if (e == ERR_MISSING)
        diagnose(d, DOCTOR_WARN, "The first start makes it.", "%s", why.detail);
    else if (e != ERR_NONE)
        diagnose_why(d, DOCTOR_BAD, &why);
    else if (found.schema < store_schema_version())
        diagnose(d, DOCTOR_WARN,
                 "The next start of this version brings it up to date, after a copy.",
                 "schema %u, this version has %u", found.schema, store_schema_version());
    else
        diagnose(d, DOCTOR_OK, NULL, "%s, schema %u, audit chain at event %llu",
                 found.finished ? "whole" : "no damage found in a second of looking", found.schema,
                 (unsigned long long)found.audit_seq);
}
