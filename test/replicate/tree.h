/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A replica of a real database, grown as the server grows one, in a directory that goes away again:
 * submissions by the writer, and after each bunch of them a file with the pages that changed.
 */
#ifndef REPLICATE_TREE_H
#define REPLICATE_TREE_H

#include "replicate/destination.h"
#include "replicate/notes.h"
#include "store/image.h"
#include "store/trial.h"

enum { TREE_PAGES_MAX = 4096, TREE_PAGE = 4096 };

struct tree {
    struct trial trial; /* the database */
    struct trial_directory replica, scratch;
    char url[128];
    struct destination_options options;
    struct destination *place;
    struct destination *stored; /* the same place, but what lies there as it lies there */
    struct image *image;
    unsigned char (*pages)[TREE_PAGE]; /* the database as it was put last */
    uint32_t pages_n;
    uint64_t txid;
    uint64_t dbsum[256]; /* after each TXID */
    uint64_t submissions, rows[256];
};

void tree_init(struct tree *t, const struct sealed_keys *keys); /* NULL: not encrypted */
void tree_release(struct tree *t);

/* n more submissions, and the file of what changed; a file with all pages when asked for. */
void tree_grow(struct tree *t, unsigned n, bool whole);

/* The files of level `from` with those TXIDs as one file of level `to`. */
void tree_compact(struct tree *t, unsigned from, unsigned to, uint64_t min, uint64_t max);

/* A blob with its notes as it is stored, taken out, changed, put back. */
struct tree_blob {
    char name[64];
    struct buf content;
    struct arena arena;
    struct destination_notes notes;
};
void tree_take(struct tree *t, const char *name, struct tree_blob *blob);
void tree_put(struct tree *t, const char *name, const struct tree_blob *blob);
void tree_delete(struct tree *t, const char *name);
void tree_drop(struct tree_blob *blob);

/* A directory name below scratch that is not there yet. */
const char *tree_target(struct tree *t, char out[128]);

#endif
