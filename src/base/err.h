/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong, for a program and for a person.
 *
 * A verb that can fail returns enum err (ERR_NONE = 0 is success) and fills a struct why: what was
 * being done, what happened, and what the operator can type or change. One table (err.c) maps the
 * kind to an HTTP status, a process exit code and "does it help to try again". Findings about what
 * a visitor typed are data (core/finding.h), never errors.
 *
 * Owner: struct why holds its texts itself, cut at their size; it may be copied. NULL is allowed
 * wherever a struct why * is taken.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/str.h"

enum err {
    ERR_NONE = 0,
    ERR_USAGE,    /* the command line is off */
    ERR_CONFIG,   /* the configuration is off */
    ERR_INPUT,    /* what a client sent cannot be accepted as it is */
    ERR_REFUSED,  /* not allowed */
    ERR_MISSING,  /* it is not there */
    ERR_CONFLICT, /* somebody else changed it, or it is in use */
    ERR_TOO_BIG,  /* over a limit */
    ERR_BUSY,     /* a queue is full: later */
    ERR_DATA,     /* stored data is damaged or cannot be used */
    ERR_IO,       /* the disk or the system refused */
    ERR_NETWORK,  /* a peer cannot be reached */
    ERR_INTERNAL, /* a defect of ours */
    ERR_COUNT
};

struct why {
    char op[64];      /* "open the database" */
    char detail[256]; /* "/var/lib/anteroom/anteroom.db: permission denied" */
    char hint[256]; /* "Run as the owner of the directory, or: chown anteroom …"; may be empty */
};

/* Fills why (which may be NULL) and returns kind: `return err_set(why, ERR_IO, "open …", …);` */
enum err err_set(struct why *why, enum err kind, const char *op, const char *detail_format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds the remedy: what the operator can type or change. */
void err_hint(struct why *why, const char *hint_format, ...) __attribute__((format(printf, 2, 3)));

/* The system's text for an errno value, thread-safe. */
const char *err_errno(int number);

/* "cannot open the database: … . Hint" into out, NUL-terminated, cut at size. */
void err_text(const struct why *why, char *out, size_t size);

const char *err_name(enum err kind); /* "busy": for logs and API codes */
int err_http_status(enum err kind);  /* 503 */
int err_exit_code(
    enum err kind); /* 0 done, 1 no, 2 usage, 3 configuration, 4 data, 5 unreachable */
bool err_is_temporary(enum err kind); /* trying again later may help */

#endif
