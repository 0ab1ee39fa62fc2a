/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing CSV (RFC 4180): cells quoted where they must be, rows ended by CR LF.
 *
 * A cell is only ever text. A spreadsheet takes one that begins with = + - @ (also the wide ones of
 * East Asian keyboards), a tab or a line break for a formula, which may call programs and fetch
 * pages: such a cell gets an apostrophe before it, which a spreadsheet takes for "text". It stands
 * in a phone number that begins with "+", too. JSON has what was typed.
 *
 * Pure; the buf says whether all fitted.
 */
#ifndef CORE_CSV_H
#define CORE_CSV_H

#include "base/buf.h"

struct csv {
    struct buf *out;
    bool within; /* a row that has a cell already */
};

void csv_init(struct csv *csv, struct buf *out);
void csv_cell(struct csv *csv, struct str text);
void csv_end(struct csv *csv); /* of the row */

/* Would a spreadsheet take it for a formula? */
bool csv_is_formula(struct str text);

#endif
