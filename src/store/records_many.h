/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One change to many records at once, as marked in the queue: status, owner or both, in one
 * transaction. Each record is changed whole or not at all, by the verbs of records.h and with
 * their events; one that cannot be changed does not hold up the others, it is counted.
 */
#ifndef STORE_RECORDS_MANY_H
#define STORE_RECORDS_MANY_H

#include "store/records.h"

enum { RECORDS_MANY_MOST = 100 };

struct record_mark {
    struct client_id id;
    uint64_t revision; /* that was seen */
};

/* ERR_INPUT: no active person; nothing is changed. */
struct records_change {
    struct actor actor;
    const struct record_mark *marks;
    size_t n; /* RECORDS_MANY_MOST at most */
    bool has_status, has_owner;
    enum status becomes;
    int64_t owner; /* 0: nobody */
    /* The answer: they add up to n. */
    unsigned changed;
    unsigned same;    /* was so already */
    unsigned stale;   /* somebody else changed it meanwhile */
    unsigned refused; /* the status may not follow */
    unsigned missing;
};
write_verb records_change;

#endif
