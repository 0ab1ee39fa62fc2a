/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answer to a batch of requests (Blob Batch of the Blob service): multipart/mixed, with the
 * answer to one request in each part, in any order, told apart by the Content-ID it was sent with.
 *
 *     --batchresponse_66925647
 *     Content-Type: application/http
 *     Content-ID: 0
 *
 *     HTTP/1.1 404 The specified blob does not exist.
 *     x-ms-error-code: BlobNotFound
 *     …
 *     --batchresponse_66925647--
 *
 * A batch that was refused as a whole has one part, without a Content-ID. Anything else is no
 * answer: a part twice or for nothing that was asked, none for something that was, no status, no
 * end. Lines may end with or without CR. What stands before the first part and behind the end is
 * not looked at, nor are the parts' own texts.
 *
 * Source: "Blob Batch", REST API of Azure Storage; RFC 2046, 5.1. Pure. Memory: views into the
 * text. Threads: safe anywhere.
 */
#ifndef REPLICATE_AZURE_BATCH_H
#define REPLICATE_AZURE_BATCH_H

#include "base/str.h"

enum { AZURE_BATCH_MAX = 256 }; /* requests in one; the service takes no more */

struct azure_batch_part {
    int status;      /* 0: not answered */
    struct str code; /* x-ms-error-code; empty: none */
};

struct azure_batch {
    struct azure_batch_part parts[AZURE_BATCH_MAX]; /* by Content-ID */
    struct azure_batch_part whole;                  /* status not 0: refused as a whole */
};

/* False when it is not the answer to n requests with the Content-IDs 0 to n - 1; type: its
 * Content-Type. */
bool azure_batch_read(struct str type, struct str text, size_t n, struct azure_batch *out);

#endif
