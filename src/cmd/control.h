/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands that change something, beside a running server: the database has one writer, so they
 * hand what they want to it, through the Unix socket `control` in the data directory (0600, and the
 * peer must be this user or root). Without a server the command opens the database itself and does
 * the same.
 *
 *     request:  NAME " " arguments as application/x-www-form-urlencoded "\n"
 *     answer:   "0\n" and what the command prints, or the number of an enum err, op, detail, hint,
 *               a line each
 *
 * One request a connection, CONTROL_REQUEST_MAX bytes, two seconds to send it; one connection at a
 * time. A verb is a row in control_verbs.c.
 *
 * Threads: the server's door has a thread of its own, with its own reader.
 */
#ifndef CMD_CONTROL_H
#define CMD_CONTROL_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/write.h"

enum { CONTROL_REQUEST_MAX = 8192, CONTROL_ANSWER_MAX = 4 << 20 };

struct config;
struct control;
struct reader;
struct store;
struct writer;

/* What a verb works with. */
struct control_call {
    const struct config *config;
    struct store *store;
    struct reader *reader;
    struct writer *writer;
    struct arena *arena;
    struct str arguments; /* urlencoded */
    struct buf *out;      /* the answer: text, or a JSON object when the argument json is there */
};

typedef enum err control_verb(struct control_call *c, struct why *why);

struct control_row {
    const char *name; /* "user.add" */
    control_verb *run;
};

extern const struct control_row control_rows[]; /* ends with a NULL name */

/* An argument; empty when it was not given. */
struct str control_argument(const struct control_call *c, const char *name);

/* Runs a change on the writer's thread and waits for it. */
enum err control_write(struct control_call *c, write_verb *verb, void *input, struct why *why);

/* ---- the server's side ---------------------------------------------------------------------- */

/* Takes the socket; before the sandbox. Without it (the path is too long, the file system has no
 * sockets) the server runs all the same: *out is NULL and why says so. */
void control_open(const struct config *config, struct store *store, struct control **out,
                  struct why *why);

/* Starts answering; ends it, before the writer stops. NULL is fine. */
void control_run(struct control *control, struct writer *writer);
void control_close(struct control *control);

/* ---- the command's side --------------------------------------------------------------------- */

/* An argument of a request. */
struct control_pair {
    const char *name, *value;
};

/*
 * Asks the running server, or opens the database for this one request. The answer is in the arena.
 * ERR_CONFLICT: something else has the database, and has no door.
 */
enum err control_ask(const struct config *config, const char *name,
                     const struct control_pair *pairs, size_t n, struct arena *a,
                     struct str *answer, struct why *why);

#endif
