/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A secret that the operator keeps in a file: its content without white space at the ends, at most
 * SECRET_FILE_MAX bytes. One that everybody on the machine may read is taken, with a warning in the
 * log.
 *
 * Errors: ERR_CONFIG when the file cannot be read, is empty or too long. Memory: in the arena.
 */
#ifndef BASE_SECRET_FILE_H
#define BASE_SECRET_FILE_H

#include "base/arena.h"
#include "base/err.h"

enum { SECRET_FILE_MAX = 8191 };

/* what: for the message, "read a secret of the replica". An empty path is an empty secret. */
enum err secret_file_read(struct arena *a, struct str path, const char *what, struct str *out,
                          struct why *why);

#endif
