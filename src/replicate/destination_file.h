/* SPDX-License-Identifier: Apache-2.0 */
/* Between destination_file.c and destination_file_list.c. */
#ifndef REPLICATE_DESTINATION_FILE_H
#define REPLICATE_DESTINATION_FILE_H

#include "replicate/destination_kind.h"

struct file_place {
    struct destination base;
    const char *path;
    int root, lock; /* descriptors: the directory, ".lock" in it */
};

enum err file_failed(struct str name, int number, struct why *why);

/* Size and time of the blob named in it; 0 or the errno. */
int file_stat(const struct file_place *p, struct destination_blob *b);

enum err file_list(struct destination *d, struct arena *a, struct str prefix, struct str after,
                   struct destination_blob **out, size_t *n, struct why *why);

#endif
