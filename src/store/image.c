/* SPDX-License-Identifier: Apache-2.0 */
#include "store/image.h"

#include "base/must.h"
#include "store/audit_walk.h"
#include "store/erase_inner.h"
#include "store/store_inner.h"

static const char op[] = "read the database's pages";

/* SQLite's locks lie on the page that holds this byte; it has no content. */
enum { LOCKS_BYTE = 0x40000000 };

struct image {
    struct connection connection;
    bool pinned;
};

enum err image_open(struct store *store, struct image **out, struct why *why)
{
    *out = NULL;
    struct image *image = calloc(1, sizeof *image);
    must(image != NULL);
    enum err e = connection_open(&image->connection, store->database, CONNECTION_READ, why);
    if (e)
        free(image);
    else
        *out = image;
    return e;
}

void image_close(struct image *image)
{
    if (!image)
        return;
    image_unpin(image);
    connection_close(&image->connection);
    free(image);
}

void image_unpin(struct image *image)
{
    if (image->pinned)
        sqlite3_exec(image->connection.db, "ROLLBACK", NULL, NULL, NULL);
    image->pinned = false;
}

enum err image_pin(struct image *image, struct why *why)
{
    image_unpin(image);
    /* BEGIN alone reads nothing: the snapshot is taken by the first read. */
    enum err e = connection_run(&image->connection, "BEGIN; SELECT 1 FROM sqlite_schema", op, why);
    image->pinned = !sqlite3_get_autocommit(image->connection.db);
    if (e)
        image_unpin(image);
    return e;
}

enum err image_shape(struct image *image, struct image_shape *out, struct why *why)
{
    int64_t size = 0, pages = 0;
    enum err e = connection_number(&image->connection, "PRAGMA page_size", &size, op, why);
    if (!e)
        e = connection_number(&image->connection, "PRAGMA page_count", &pages, op, why);
    *out = (struct image_shape){.page_size = (uint32_t)size, .pages = (uint32_t)pages};
    return e;
}

enum err image_head(struct image *image, struct commit_head *out, struct why *why)
{
    enum err e = audit_read_head(&image->connection, &out->audit, why);
    if (!e)
        e = connection_number(&image->connection, sql_text[SQL_SUBMISSION_NEWEST], &out->submission,
                              op, why);
    if (!e)
        e = erase_read_head(&image->connection, &out->erasure, why);
    return e;
}

enum err image_erasures(struct image *image, uint64_t after, struct erasure *out, size_t limit,
                        size_t *n, struct why *why)
{
    return erase_read(&image->connection, after, out, limit, n, why);
}

enum err image_descends(struct image *image, const struct audit_head *from, bool *out,
                        struct why *why)
{
    *out = from->seq == 0;
    if (*out)
        return ERR_NONE;
    sqlite3_stmt *s = connection_query(&image->connection, SQL_AUDIT_HASH);
    if (!s)
        return connection_error(&image->connection, op, why);
    sqlite3_bind_int64(s, P_AUDIT_HASH_SEQ, (sqlite3_int64)from->seq);
    int rc = sqlite3_step(s);
    if (rc == SQLITE_ROW)
        *out =
            str_eq(column_bytes(s, C_AUDIT_HASH_HASH), str_of(from->hash.bytes, AUDIT_HASH_SIZE));
    enum err e = rc == SQLITE_ROW || rc == SQLITE_DONE
                     ? ERR_NONE
                     : connection_error(&image->connection, op, why);
    sqlite3_reset(s);
    return e;
}

enum err image_read(struct image *image,
                    bool (*visit)(void *context, uint32_t page, const unsigned char *data),
                    void *context, struct why *why)
{
    struct image_shape shape;
    enum err e = image_shape(image, &shape, why);
    if (e)
        return e;
    sqlite3_stmt *s = connection_query(&image->connection, SQL_IMAGE_PAGES);
    if (!s)
        return connection_error(&image->connection, op, why);
    uint32_t locks = LOCKS_BYTE / shape.page_size + 1, expected = 1;
    int rc;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        uint32_t page = (uint32_t)sqlite3_column_int64(s, C_IMAGE_PAGES_PGNO);
        struct str data = column_bytes(s, C_IMAGE_PAGES_DATA);
        if (page != expected++ || data.len != shape.page_size) {
            e = err_set(why, ERR_DATA, op, "%s: page %u is not what SQLite says it is",
                        image->connection.path, page);
            break;
        }
        if (page != locks && !visit(context, page, (const unsigned char *)data.ptr))
            break;
    }
    if (!e && rc != SQLITE_ROW && rc != SQLITE_DONE)
        e = connection_error(&image->connection, op, why);
    else if (!e && rc == SQLITE_DONE && expected != shape.pages + 1)
        e = err_set(why, ERR_DATA, op, "%s: SQLite gave %u pages of %u", image->connection.path,
                    expected - 1, shape.pages);
    sqlite3_reset(s);
    return e;
}
