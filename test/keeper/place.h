/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A destination in memory, in place of the real ones: it counts calls, and dies at the one it is
 * told to, before or after it did what was asked. From then on nothing fetches through, as for a
 * process that was killed; the next one finds what the first had put.
 */
#ifndef KEEPER_PLACE_H
#define KEEPER_PLACE_H

#include "replicate/destination.h"

struct place_blob {
    char name[DESTINATION_NAME_MAX];
    char *bytes;
    size_t size;
    int64_t changed_ms;
    struct {
        char key[32], value[256];
    } notes[DESTINATION_NOTES_MAX];
    size_t notes_n;
};

struct place {
    struct place_blob *blobs; /* by name */
    size_t n;
    int64_t now_ms;
    unsigned calls;
    unsigned dies_at; /* the call's number, from 1; 0: never */
    bool after;       /* it was done, and only the answer lost */
    size_t fetches;
};

extern struct place place;

void place_clear(void);
struct destination *place_open(void);
struct place_blob *place_find(const char *name);

#endif
