/* SPDX-License-Identifier: Apache-2.0 */
/* Between fetch.c and fetch_failed.c: libcurl's results as errors for a person. */
#ifndef NET_FETCH_INNER_H
#define NET_FETCH_INNER_H

#include "net/fetch.h"

#include <curl/curl.h>

/* Why there is no whole answer; `text` is what libcurl adds, `trust_nobody`: no authorities. */
enum err fetch_failed(CURLcode result, const struct fetch_request *request, const char *text,
                      bool trust_nobody, struct why *why);

#endif
