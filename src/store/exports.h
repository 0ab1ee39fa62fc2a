/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the audit has of an export: that it began, with its filter, before the first record leaves;
 * and when it ended, how many did and whether that was all. Changing verbs: write.h.
 */
#ifndef STORE_EXPORTS_H
#define STORE_EXPORTS_H

#include "store/write.h"

/* "records.exported": {"format":"csv","filter":"status:new","words":2}. The words of a search may
 * be somebody's name, so only their number is kept: nobody erases the audit. */
struct export_began {
    struct actor actor;
    struct str name;   /* "export/1a2b3c4d": what both events are about */
    struct str format; /* "csv" */
    struct str filter; /* without words, and without people's names */
    unsigned words;
};
write_verb export_began;

/* "records.export_ended": {"records":1042,"whole":true} */
struct export_ended {
    struct actor actor;
    struct str name;
    uint64_t records;
    bool whole;
};
write_verb export_ended;

#endif
