/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reading verbs of store modules are written with. Private to store/; the reader's thread.
 */
#ifndef STORE_READER_INNER_H
#define STORE_READER_INNER_H

#include "store/connection.h"
#include "store/reader.h"

/* The statement, ready to bind; the caller resets it. A damaged database is refused here. */
enum err reader_query(struct reader *reader, enum sql_query query, sqlite3_stmt **out,
                      struct why *why);

/* The next row; ERR_MISSING when there is none (any more). */
enum err reader_row(struct reader *reader, sqlite3_stmt *s, struct why *why);

struct connection *reader_connection(struct reader *reader);

#endif
