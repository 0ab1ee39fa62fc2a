/* SPDX-License-Identifier: Apache-2.0 */
/* Between destination_azure.c, destination_azure_list.c and destination_azure_delete.c. */
#ifndef REPLICATE_DESTINATION_AZURE_H
#define REPLICATE_DESTINATION_AZURE_H

#include "replicate/azure.h"
#include "replicate/destination_kind.h"

struct azure_place {
    struct destination base;
    struct azure azure;
    /* Where the last list ended: the service goes on from its own marker only. */
    struct arena listed; /* these live in it */
    struct str prefix, last, marker;
    bool no_batches; /* it deletes one by one only */
};

/* azure_send, and what it asks us to wait is noted for destination_retry_ms. */
enum err azure_place_send(struct azure_place *p, struct arena *a, struct azure_call *call,
                          struct fetch_answer *answer, struct why *why);

enum err azure_place_list(struct destination *d, struct arena *a, struct str prefix,
                          struct str after, struct destination_blob **out, size_t *n,
                          struct why *why);

enum err azure_place_delete(struct destination *d, const struct str *names, size_t n,
                            struct why *why);

/* "Sat, 21 Nov 2026 05:48:45 GMT"; 0 when it is not that. */
int64_t azure_time_ms(struct str text);

#endif
