/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token for Azure Storage, without a secret of our own:
 *
 *     Workload Identity   AZURE_FEDERATED_TOKEN_FILE, AZURE_TENANT_ID, AZURE_CLIENT_ID are set, as
 *                         Kubernetes does: the file's token, read anew each time, is exchanged at
 *                         AZURE_AUTHORITY_HOST (https://login.microsoftonline.com/ when not set).
 *     managed identity    IDENTITY_ENDPOINT and IDENTITY_HEADER are set (Container Apps, App
 *                         Service), else the machine's own service at 169.254.169.254;
 *                         AZURE_CLIENT_ID chooses one of several identities.
 *
 * The environment is read when it is opened. A token is used until TOKEN_EARLY_MS before its end.
 * Threads: one at a time, but azure_token_stop any.
 */
#ifndef REPLICATE_AZURE_TOKEN_H
#define REPLICATE_AZURE_TOKEN_H

#include "base/arena.h"
#include "base/err.h"

#include <stdatomic.h>

enum { TOKEN_EARLY_MS = 5 * 60 * 1000 };

struct azure_token;

/* stop: as fetch_options'. */
enum err azure_token_open(struct str ca_file, const atomic_bool *stop, struct azure_token **out,
                          struct why *why);
void azure_token_free(struct azure_token *t); /* NULL is fine */
void azure_token_stop(struct azure_token *t);
void azure_token_limit(struct azure_token *t, int64_t until_ms); /* as fetch_limit */

/* What it reads, the folders of the token that is exchanged there, and the ports that it calls: how
 * many of each. */
size_t azure_token_files(const struct azure_token *t, const char *out[2]);
size_t azure_token_ports(const struct azure_token *t, uint16_t out[2]);

/* In force for a while; the view lives until the next call. ERR_REFUSED when nobody vouches for us,
 * ERR_BUSY, ERR_NETWORK. */
enum err azure_token_get(struct azure_token *t, struct str *out, struct why *why);

/* It was refused: the next azure_token_get fetches another. */
void azure_token_drop(struct azure_token *t);

#endif
