/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the replica lies: a flat store of named blobs, one implementation a kind of place.
 *
 *     abs://ACCOUNT@CONTAINER/PATH   Azure Blob Storage       destination_azure.c
 *     file:///DIRECTORY              the same names as files  destination_file.c
 *     null:                          takes all, keeps none    destination_null.c
 *
 * A name is a relative path below the URL's, "ltx/0/0000000000000001-0000000000000001.ltx":
 * [a-z0-9-._/], no empty part, none that begins with a dot, at most DESTINATION_NAME_MAX bytes. A
 * blob is written whole: it is there with all its bytes and its notes or not at all, and it is
 * never changed, only deleted.
 *
 * **Put if absent is the fence** of the whole replica: of any number of writers that put the same
 * name exactly one gets ERR_NONE, every other ERR_CONFLICT. A put whose answer was lost may have
 * happened: putting again then says ERR_CONFLICT, and the caller looks at the notes to see whether
 * it is its own.
 *
 * Errors: ERR_MISSING no such blob (or container) · ERR_CONFLICT it is there already, or another
 * holds the lease · ERR_REFUSED the place does not accept our credentials · ERR_BUSY it is
 * overloaded: later, after destination_retry_ms when it said so · ERR_NETWORK it cannot be reached,
 * or the connection broke · ERR_IO the disk · ERR_USAGE the URL. Each with a remedy. One call is
 * one attempt, or two where a kept connection had gone stale; who calls decides how long to go on.
 *
 * With `keys` what is put is encrypted, and what is read is decrypted: destination_sealed.h.
 * ERR_CONFIG: it is encrypted, and its key is not among ours. ERR_DATA: it was changed there.
 *
 * Owner: destination_free. Threads: one at a time per struct; open several for several threads.
 * Calls block, for at most `timeout_ms` each; a call that moves many bytes (put_file, get) as long
 * as they move.
 */
#ifndef REPLICATE_DESTINATION_H
#define REPLICATE_DESTINATION_H

#include "base/arena.h"
#include "base/err.h"

#include <stdatomic.h>

enum {
    DESTINATION_NAME_MAX = 256,
    DESTINATION_NOTES_MAX = 8,
    DESTINATION_NOTE_MAX = 256, /* bytes of a key, and of a value */
    DESTINATION_LIST_MAX = 1000,
    DESTINATION_HOLDER_LEN = 32,
};

/* A few words kept beside a blob (Azure's metadata): key [a-z][a-z0-9]*, value 1 to 256 bytes of
 * printable ASCII without spaces. */
struct destination_note {
    struct str key, value;
};

struct destination_notes {
    struct destination_note items[DESTINATION_NOTES_MAX];
    size_t n;
};

enum destination_sealing {
    DESTINATION_PLAIN,
    DESTINATION_SEALED,       /* encrypted, with the key that encrypts now */
    DESTINATION_SEALED_BEFORE /* with one of the others */
};

struct destination_blob {
    struct str name;
    uint64_t size; /* bytes of its content; in a list at least so many: encrypted ones are larger */
    enum destination_sealing sealed; /* not in a list */
    int64_t changed_ms;              /* when it was put, as the place has it; 0: not known */
    struct destination_notes notes;
};

struct destination;
struct sealed_keys; /* sealed.h */

struct destination_options {
    struct str url;
    int64_t timeout_ms; /* for one call; 0: 30 s */
    /* Azure only. Exactly one way in: the first that is not empty, in this order; all empty:
     * Workload Identity when AZURE_FEDERATED_TOKEN_FILE is set, else managed identity. Texts are
     * the caller's and must stay. */
    struct str account_key; /* base64 */
    struct str sas;         /* "sv=…&sig=…", with or without the "?" */
    struct str endpoint;    /* "http://127.0.0.1:10000/account"; empty: the account's own */
    struct str ca_file;     /* PEM of the authorities to trust; empty: the system's */
    /* Once it is true, all is as after destination_stop; may be NULL. One word stops everything
     * that was opened with it. */
    const atomic_bool *stop;
    /* To encrypt and decrypt with; NULL: no encryption. The caller's, and must stay. */
    const struct sealed_keys *keys;
    bool sealed_only; /* what is not encrypted is refused as damaged */
};

enum err destination_open(const struct destination_options *options, struct destination **out,
                          struct why *why);
void destination_free(struct destination *d); /* NULL is fine */

/* From any thread: the call under way ends within about a second, and so does every later one. */
void destination_stop(struct destination *d);
bool destination_stopped(const struct destination *d);

/* Sleeps between two attempts; false: it was stopped meanwhile. */
bool destination_pause(const struct destination *d, int64_t ms);

/* Calls begun from now on end at this monotonic time, with ERR_NETWORK; 0: after timeout_ms. A
 * directory's take as long as the disk does. */
void destination_limit(struct destination *d, int64_t until_ms);

/*
 * What it will need of the system from now on, for a sandbox: files and folders to read, a folder
 * to write, TCP ports that it calls. The texts live as long as d.
 */
enum { DESTINATION_FILES_MAX = 12, DESTINATION_PORTS_MAX = 6 };

struct destination_needs {
    const char *read[DESTINATION_FILES_MAX];
    size_t n_read;
    const char *write; /* NULL: none */
    uint16_t ports[DESTINATION_PORTS_MAX];
    size_t n_ports;
};

void destination_needs(const struct destination *d, struct destination_needs *out);

/* "abs://account@container/path", without secrets: for messages. */
struct str destination_url(const struct destination *d);

/* After ERR_BUSY: how long the place asked us to wait; 0: it did not say. */
int64_t destination_retry_ms(const struct destination *d);

/* One blob from `parts`, one after the other. */
enum err destination_put(struct destination *d, struct str name, const struct str *parts, size_t n,
                         const struct destination_notes *notes, struct why *why);

/* The same from an open file of that size, read from its beginning, in bounded memory. */
enum err destination_put_file(struct destination *d, struct str name, int fd, uint64_t size,
                              const struct destination_notes *notes, struct why *why);

/* Puts whether it was there or not: for the few blobs that are not part of the log. */
enum err destination_replace(struct destination *d, struct str name, struct str content,
                             const struct destination_notes *notes, struct why *why);

/* Size, time and notes; views live in the arena. */
enum err destination_look(struct destination *d, struct arena *a, struct str name,
                          struct destination_blob *out, struct why *why);

/*
 * Bytes [from, from + n) of it, or to its end when there are fewer, given to `take` as they come;
 * what take returns, when it is not ERR_NONE, ends the call. A connection that breaks on the way is
 * ERR_NETWORK: ask again from where it stopped.
 */
enum err destination_get(struct destination *d, struct str name, uint64_t from, uint64_t n,
                         enum err (*take)(void *context, const void *bytes, size_t n,
                                          struct why *why),
                         void *context, struct why *why);

/*
 * The blobs whose names begin with `prefix` and come after `after` (empty: from the first), in the
 * order of their names, at most DESTINATION_LIST_MAX; *n of them in *out, in the arena. Fewer than
 * that: there are no more. Without notes.
 */
enum err destination_list(struct destination *d, struct arena *a, struct str prefix,
                          struct str after, struct destination_blob **out, size_t *n,
                          struct why *why);

/* Deletes them, in as few requests as the place knows; those that are not there are no error. */
enum err destination_delete(struct destination *d, const struct str *names, size_t n,
                            struct why *why);

/*
 * A lease on one blob, made when missing: ERR_NONE and it is ours for `seconds` (15 to 60) from
 * before the call; ERR_CONFLICT: another's. `holder` tells whose (32 hexadecimal digits: the same
 * holder may take it again, which renews it). It elects; it fences nothing.
 */
enum err destination_lease(struct destination *d, struct str name, struct str holder, int seconds,
                           struct why *why);
enum err destination_lease_end(struct destination *d, struct str name, struct str holder,
                               struct why *why);

#endif
