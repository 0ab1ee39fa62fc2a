/* SPDX-License-Identifier: Apache-2.0 */
/*
 * anteroom doctor: what is wrong, or will soon be, with this deployment, each with its remedy.
 *
 *     ok    certificate    /etc/tls/tls.crt, 61 days left, for onboarding.example.com
 *     bad   disk           12 MiB free in /var/lib/anteroom
 *                          Free space: the form answers 503 when the disk is full.
 *
 * One row a check in doctor.c. To add one: a function that fills a diagnosis, and its row. A check
 * changes nothing (the disk's makes a scratch file and takes it away), waits for nobody longer than
 * a second or so, and shows no personal data and no secret.
 */
#ifndef CMD_DOCTOR_H
#define CMD_DOCTOR_H

#include "config/config.h"

#include <limits.h>

enum doctor_state {
    DOCTOR_OK,
    DOCTOR_WARN, /* works, and wants attention */
    DOCTOR_BAD,  /* does not work, or promises are broken */
    DOCTOR_SKIPPED
};

struct diagnosis {
    enum doctor_state state;
    char finding[320];
    char remedy[320]; /* may be empty */
};

/* What the checks are given. */
struct patient {
    struct config config;
    bool configured;     /* config could be read; else only why says something */
    struct why why;      /* … why not */
    const char *file;    /* of the configuration; NULL: none */
    char data[PATH_MAX]; /* the data directory */
    bool there;          /* and it is there */
    long server;         /* the process that serves it: 0 nobody, -1 somebody */
    int64_t newest_ms;   /* of the newest audit event; 0: none */
};

/* Fills d; the remedy may be NULL. */
void diagnose(struct diagnosis *d, enum doctor_state state, const char *remedy, const char *format,
              ...) __attribute__((format(printf, 4, 5)));
void diagnose_why(struct diagnosis *d, enum doctor_state state, const struct why *why);

/* doctor_data.c */
void doctor_directory(struct patient *p, struct diagnosis *d);
void doctor_disk(struct patient *p, struct diagnosis *d);
void doctor_database(struct patient *p, struct diagnosis *d);

/* doctor_machine.c */
void doctor_certificate(struct patient *p, struct diagnosis *d);
void doctor_clock(struct patient *p, struct diagnosis *d);
void doctor_sandbox(struct patient *p, struct diagnosis *d);
void doctor_limits(struct patient *p, struct diagnosis *d);
void doctor_ports(struct patient *p, struct diagnosis *d);

/* doctor_replica.c */
void doctor_replica(struct patient *p, struct diagnosis *d);

/* doctor_accounts.c */
void doctor_accounts(struct patient *p, struct diagnosis *d);

/* doctor_issuers.c */
void doctor_issuers(struct patient *p, struct diagnosis *d);

#endif
