/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that have hurt every C program that used them. Included by base/str.h, and so by
 * everything: a use does not compile. Each line says what to use instead.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

/* Their headers come first: the names must be declared before they are poisoned. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strncpy stpcpy /* arena_str, buf_str */
#pragma GCC poison strcat strncat        /* buf_str */
#pragma GCC poison sprintf vsprintf gets /* buf_fmt, snprintf */
#pragma GCC poison strtok                /* str_cut */
#pragma GCC poison atoi atol atoll atof  /* str_to_u64 */
/* rand and random: libh2o's headers name them, so clang-tidy (cert-msc30-c) guards those. */
#pragma GCC poison gmtime localtime ctime /* clock.h: the _r forms or clock_rfc3339 */

#endif
