/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A buffer: bytes that grow at the end, up to a maximum given at the start.
 *
 * The maximum is part of the design: nothing that a peer feeds may grow without bound. Going over
 * it (or out of memory) marks the buffer as failed; further appends do nothing, so that a page can
 * be written without a check per line and asked once at the end with buf_ok.
 *
 * Owner: whoever called buf_init calls buf_release. Threads: one at a time.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

struct buf {
    char *ptr;
    size_t len;
    size_t cap;
    size_t max; /* bytes; never exceeded */
    bool failed;
};

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);

/* Empty again, memory kept, failure forgotten. */
void buf_clear(struct buf *b);

/* False when something did not fit; then the content is incomplete and must not be used. */
bool buf_ok(const struct buf *b);

/* What is in it; valid until the next append. */
struct str buf_view(const struct buf *b);

void buf_byte(struct buf *b, char c);
void buf_str(struct buf *b, struct str s);
void buf_bytes(struct buf *b, const void *p, size_t n);
void buf_u64(struct buf *b, uint64_t n); /* decimal */
void buf_fmt(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for n more bytes in one go, so that growing copies nothing; false, and failed, when they do
 * not fit. */
bool buf_reserve(struct buf *b, size_t n);

/* n writable bytes at the end, counted as appended; NULL when they do not fit. */
char *buf_extend(struct buf *b, size_t n);

/* The content as a NUL-terminated C string (the NUL is not counted); "" when failed. */
const char *buf_cstring(struct buf *b);

#endif
