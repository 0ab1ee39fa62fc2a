/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records as an export writes them.
 *
 *     csv    a row of names, then a row a record (core/csv.h); UTF-8, with a mark at the beginning
 *            when people download it: without, Excel takes it for the code page of its country and
 *            every umlaut is broken. Times are "2026-11-21 09:30:00" in UTC, which spreadsheets
 *            read; choices as stored, several with "; " between them.
 *     json   an array, one record a line, each as the API has it (api.h). Without a mark (RFC 8259
 *            §8.1).
 *
 * Names are those of the form and the API; the operator's own fields have theirs. What is not asked
 * any more is in the JSON only.
 */
#ifndef WEB_EXPORT_ROWS_H
#define WEB_EXPORT_ROWS_H

#include "base/buf.h"
#include "core/form.h"
#include "store/people.h"
#include "store/records.h"

enum export_format { EXPORT_CSV, EXPORT_JSON, EXPORT_FORMATS };

extern const struct str export_format_names[EXPORT_FORMATS]; /* "csv", "json" */
extern const struct str export_format_types[EXPORT_FORMATS]; /* media types */

struct export_rows {
    enum export_format format;
    const struct form_rules *rules;
    const struct people *people; /* owners' logins, for csv */
    bool marked;                 /* begins with the byte order mark */
    struct buf *out;
};

void export_rows_begin(const struct export_rows *rows);

/* safe_ms as api.h has it. `first`: nothing was written before it. */
void export_rows_add(const struct export_rows *rows, const struct record *record, int64_t safe_ms,
                     bool first);

void export_rows_end(const struct export_rows *rows);

#endif
