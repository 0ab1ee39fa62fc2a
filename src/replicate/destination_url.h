/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The URL of a replica, taken apart: abs://ACCOUNT@CONTAINER/PATH, file:///DIRECTORY, null:. The
 * form of the first is Litestream's, so one URL serves both.
 *
 * ACCOUNT is 3 to 24 of [a-z0-9]; CONTAINER 3 to 63 of [a-z0-9-], no "-" at an end or twice; PATH
 * may be empty, and is else parts of [A-Za-z0-9._-] with "/" between, none of them "." or "..".
 * A "/" at the end is dropped. DIRECTORY is an absolute path, taken as it is: nothing is escaped.
 *
 * Pure. Memory: views into the text. Threads: safe anywhere.
 */
#ifndef REPLICATE_DESTINATION_URL_H
#define REPLICATE_DESTINATION_URL_H

#include "base/err.h"

struct destination_address {
    enum { DESTINATION_AZURE, DESTINATION_FILE, DESTINATION_NULL } place;
    struct str account, container; /* azure */
    struct str path;               /* azure: without "/" at its ends; file: the directory */
};

/* ERR_USAGE with the right forms when it is none of them. */
enum err destination_url_read(struct str url, struct destination_address *out, struct why *why);

#endif
