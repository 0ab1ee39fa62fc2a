/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this our database, is it whole, and does it have this binary's schema?
 *
 * The header of the file says whose it is (application_id) and which schema it has (user_version,
 * 0 before the first migration). Each migration runs in a transaction of its own together with the
 * new version number, after the file was copied to `<path>.before-<version>`; an empty database is
 * not copied. Private to store/.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "store/connection.h"

enum { SCHEMA_APPLICATION_ID = 0x416e7465 }; /* "Ante" */

struct schema_state {
    bool empty; /* no table in it yet */
    unsigned version;
};

/* Refuses a foreign file, a damaged header and a newer schema. Changes nothing. */
enum err schema_look(struct connection *c, unsigned newest, struct schema_state *out,
                     struct why *why);

/*
 * Looks for damage for at most budget_ms: *finished tells whether that was enough for the whole
 * file. Damage is ERR_DATA.
 */
enum err schema_check(struct connection *c, int64_t budget_ms, bool *finished, struct why *why);

/* Brings the database from `from` to version n by migrations[from..n), after a copy. */
enum err schema_migrate(struct connection *c, const struct schema_state *from,
                        const struct sql_migration *migrations, unsigned n, struct why *why);

#endif
