/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks the SQL and turns it into C.
 *
 *     sqlcheck DIR OUT.c OUT.h
 *
 * DIR/NNNN-name.up.sql are the migrations: numbered from 0001 without a gap, applied in that order
 * to a database in memory. The other .sql files there hold the named statements (`-- name:
 * draft_find` and the SQL up to the next name); each is prepared against that database, so a
 * misspelt column ends the build and not a night. Also refused: a parameter without a name, two
 * statements under one name, a table that is not STRICT, and fields of core/fields.def that are not
 * columns of submission, or that a statement lists in another order than the table's (the store
 * binds and reads them by counting up from the first).
 *
 * OUT.h has enum sql_query {SQL_DRAFT_FIND, …}, P_DRAFT_FIND_ID (parameter) and
 * C_DRAFT_FIND_REVISION (column) for each; OUT.c the texts. Same input, same output.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "core/field.h"

#include <ctype.h>
#include <dirent.h>
#include <sqlite3.h>
#include <stdarg.h>

enum { FILE_MAX = 1 << 20, QUERIES_MAX = 256, MIGRATIONS_MAX = 256, QUERY_FILES_MAX = 16 };

struct query {
    struct str name;
    const char *sql;
};

static struct arena memory;
static sqlite3 *db;

static _Noreturn void __attribute__((format(printf, 1, 2))) die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("sqlcheck: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static struct str read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        die("%s cannot be read", path);
    char *text = arena_alloc(&memory, FILE_MAX + 1);
    size_t n = fread(text, 1, FILE_MAX + 1, file);
    if (ferror(file) || n > FILE_MAX)
        die("%s cannot be read, or is larger than %d bytes", path, FILE_MAX);
    fclose(file);
    return str_of(text, n);
}

/* ---- migrations ----------------------------------------------------------------------------- */

static const char *migration_names[MIGRATIONS_MAX], *query_files[QUERY_FILES_MAX];
static size_t migration_count, query_file_count;

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void find_files(const char *directory)
{
    DIR *dir = opendir(directory);
    if (!dir)
        die("%s cannot be read", directory);
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct str name = str_from(entry->d_name);
        if (!str_ends(name, STR(".sql")))
            continue;
        if (migration_count == MIGRATIONS_MAX || query_file_count == QUERY_FILES_MAX)
            die("more than %d migrations or %d other files", MIGRATIONS_MAX, QUERY_FILES_MAX);
        if (!str_ends(name, STR(".up.sql"))) {
            query_files[query_file_count++] = arena_str(&memory, name).ptr;
            continue;
        }
        migration_names[migration_count++] = arena_str(&memory, name).ptr;
    }
    closedir(dir);
    qsort(migration_names, migration_count, sizeof *migration_names, by_text);
    qsort(query_files, query_file_count, sizeof *query_files, by_text);
    for (size_t i = 0; i < migration_count; i++) {
        uint64_t number;
        struct str name = str_from(migration_names[i]);
        if (!str_to_u64(str_slice(name, 0, 4), &number) || number != i + 1 || name.ptr[4] != '-')
            die("%s/%s: migrations are numbered 0001-name.up.sql, 0002-…, without a gap", directory,
                migration_names[i]);
    }
}

static struct str apply_migration(const char *directory, const char *name)
{
    struct str path = arena_fmt(&memory, "%s/%s", directory, name);
    struct str sql = read_file(path.ptr);
    char *message = NULL;
    if (sqlite3_exec(db, sql.ptr, NULL, NULL, &message) != SQLITE_OK)
        die("%s: %s", path.ptr, message);
    if (!sqlite3_get_autocommit(db))
        die("%s: leaves a transaction open (the store wraps each migration in one)", path.ptr);
    return sql;
}

/* ---- checks on the schema ------------------------------------------------------------------- */

static sqlite3_stmt *prepare(const char *where, const char *sql)
{
    sqlite3_stmt *statement;
    const char *tail;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, &tail) != SQLITE_OK)
        die("%s: %s\n    %s", where, sqlite3_errmsg(db), sql);
    if (!statement || str_trim(str_from(tail)).len)
        die("%s: one statement under each name", where);
    return statement;
}

static void check_schema(void)
{
    sqlite3_stmt *s = prepare("schema", "SELECT name FROM pragma_table_list WHERE type = 'table' "
                                        "AND NOT strict AND name NOT LIKE 'sqlite_%'");
    if (sqlite3_step(s) == SQLITE_ROW)
        die("table %s is not STRICT", (const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);

    s = prepare("schema", "SELECT count(*) FROM pragma_table_info('submission') WHERE name = ?1");
    for (enum field f = 0; f < FIELD_COUNT; f++) {
        struct str name = field_info(f)->name;
        sqlite3_bind_text(s, 1, name.ptr, (int)name.len, SQLITE_STATIC);
        if (sqlite3_step(s) != SQLITE_ROW || sqlite3_column_int(s, 0) != 1)
            die("field %.*s of core/fields.def is no column of submission: add a migration",
                STR_ARG(name));
        sqlite3_reset(s);
    }
    sqlite3_finalize(s);
}

/* ---- queries -------------------------------------------------------------------------------- */

/* One line of spaces only where the SQL had white space or a comment; quoted text as it is. */
static const char *squeeze(struct str sql)
{
    struct buf out;
    buf_init(&out, FILE_MAX);
    char quote = 0;
    for (size_t i = 0; i < sql.len; i++) {
        char c = sql.ptr[i];
        if (!quote && c == '-' && i + 1 < sql.len && sql.ptr[i + 1] == '-') {
            i = str_find(sql, '\n', i);
            c = '\n';
        }
        if (!quote && isspace((unsigned char)c)) {
            if (out.len && out.ptr[out.len - 1] != ' ')
                buf_byte(&out, ' ');
            continue;
        }
        if (quote ? c == quote : (c == '\'' || c == '"'))
            quote = quote ? 0 : c;
        buf_byte(&out, c);
    }
    struct str squeezed = arena_str(&memory, str_trim(buf_view(&out)));
    buf_release(&out);
    return squeezed.ptr;
}

/* Behind the n that are there already; how many there are then. */
static size_t read_queries(struct str text, struct query *out, size_t n)
{
    static const struct str mark = STR_INIT("-- name: ");
    size_t first = n, body = 0;
    struct str rest = text, line;
    while (str_cut(&rest, '\n', &line)) {
        size_t at = (size_t)(line.ptr - text.ptr);
        bool last = !rest.ptr;
        if (n > first && (str_starts(line, mark) || last))
            out[n - 1].sql = squeeze(str_slice(text, body, last ? text.len : at));
        if (!str_starts(line, mark))
            continue;
        if (n == QUERIES_MAX)
            die("more than %d queries", QUERIES_MAX);
        out[n].name = str_trim(str_slice(line, mark.len, line.len));
        for (size_t i = 0; i < n; i++)
            if (str_eq(out[i].name, out[n].name))
                die("two statements are named %.*s", STR_ARG(out[n].name));
        n++;
        body = at + line.len;
    }
    return n;
}

static struct str upper(struct str name)
{
    struct str copy = arena_str(&memory, name);
    char *text = arena_alloc(&memory, copy.len + 1);
    for (size_t i = 0; i < copy.len; i++)
        text[i] = (char)toupper((unsigned char)copy.ptr[i]);
    return str_of(text, copy.len);
}

/*
 * names: what a statement binds or answers, in its order. Where the first field is among them, all
 * the others must follow it as in the table.
 */
static void check_field_order(struct str query, const struct str *names, size_t n)
{
    size_t first = 0;
    while (first < n && !str_eq(names[first], field_info(0)->name))
        first++;
    if (first == n)
        return;
    for (enum field f = 0; f < FIELD_COUNT; f++)
        if (first + f >= n || !str_eq(names[first + f], field_info(f)->name))
            die("%.*s: field %.*s is not at its place in the order of core/fields.def",
                STR_ARG(query), STR_ARG(field_info(f)->name));
}

/* `#define P_QUERY_NAME n` (kind P) or C_QUERY_NAME (kind C) for one statement. */
static void write_numbers(FILE *out, char kind, struct str query, const struct str *names, size_t n,
                          size_t base)
{
    for (size_t i = 0; i < n; i++)
        fprintf(out, "#define %c_%.*s_%.*s %zu\n", kind, STR_ARG(upper(query)),
                STR_ARG(upper(names[i])), i + base);
}

static void check_query(const struct query *q, FILE *header)
{
    struct str where = arena_fmt(&memory, "query %.*s", STR_ARG(q->name));
    sqlite3_stmt *s = prepare(where.ptr, q->sql);
    size_t parameters = (size_t)sqlite3_bind_parameter_count(s);
    size_t columns = (size_t)sqlite3_column_count(s);
    struct str *names = arena_new_array(&memory, struct str, parameters + columns + 1);
    for (size_t i = 0; i < parameters; i++) {
        const char *name = sqlite3_bind_parameter_name(s, (int)i + 1);
        if (!name || name[0] != ':')
            die("%s: parameter %zu has no :name", where.ptr, i + 1);
        names[i] = str_from(name + 1);
    }
    check_field_order(q->name, names, parameters);
    write_numbers(header, 'P', q->name, names, parameters, 1);
    for (size_t i = 0; i < columns; i++)
        names[i] = arena_str(&memory, str_from(sqlite3_column_name(s, (int)i)));
    check_field_order(q->name, names, columns);
    write_numbers(header, 'C', q->name, names, columns, 0);
    sqlite3_finalize(s);
}

/* ---- output --------------------------------------------------------------------------------- */

static void write_literal(FILE *out, const char *text)
{
    fputs("    \"", out);
    for (; *text; text++) {
        if (*text == '\n')
            fputs(text[1] ? "\\n\"\n    \"" : "\\n", out);
        else if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else if ((unsigned char)*text < 0x20 || (unsigned char)*text > 0x7e)
            fprintf(out, "\\%03o", (unsigned char)*text);
        else
            fputc(*text, out);
    }
    fputc('"', out);
}

static FILE *create(const char *path)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        die("%s cannot be written", path);
    return file;
}

static void finish(FILE *file, const char *path)
{
    if (ferror(file) || fclose(file) != 0)
        die("%s cannot be written", path);
}

static void write_header(FILE *h, const struct query *queries, size_t n)
{
    fputs("/* Made by src/tool/sqlcheck.c from src/store/sql. */\n#ifndef GEN_SQL_H\n"
          "#define GEN_SQL_H\n\nenum sql_query {\n",
          h);
    for (size_t i = 0; i < n; i++)
        fprintf(h, "    SQL_%.*s,\n", STR_ARG(upper(queries[i].name)));
    fprintf(h,
            "    SQL_QUERIES\n};\n\nenum { SQL_SCHEMA_VERSION = %zu };\n\n"
            "struct sql_migration {\n    const char *name;\n    const char *sql;\n};\n\n"
            "/* Migration i makes schema version i + 1. */\n"
            "extern const struct sql_migration sql_migrations[SQL_SCHEMA_VERSION];\n"
            "extern const char *const sql_text[SQL_QUERIES];\n"
            "extern const char *const sql_name[SQL_QUERIES];\n\n",
            migration_count);
    for (size_t i = 0; i < n; i++)
        check_query(&queries[i], h);
    fputs("\n#endif\n", h);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        die("usage: sqlcheck DIR OUT.c OUT.h");
    if (sqlite3_open(":memory:", &db) != SQLITE_OK)
        die("no database in memory");
    find_files(argv[1]);

    FILE *c = create(argv[2]);
    fputs("/* Made by src/tool/sqlcheck.c from src/store/sql. */\n#include \"sql.h\"\n\n"
          "const struct sql_migration sql_migrations[SQL_SCHEMA_VERSION] = {\n",
          c);
    for (size_t i = 0; i < migration_count; i++) {
        struct str sql = apply_migration(argv[1], migration_names[i]);
        fprintf(c, "    {\"%s\",\n", migration_names[i]);
        write_literal(c, sql.ptr);
        fputs("},\n", c);
    }
    check_schema();

    static struct query queries[QUERIES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < query_file_count; i++) {
        struct str path = arena_fmt(&memory, "%s/%s", argv[1], query_files[i]);
        n = read_queries(read_file(path.ptr), queries, n);
    }
    fputs("};\n\nconst char *const sql_text[SQL_QUERIES] = {\n", c);
    for (size_t i = 0; i < n; i++) {
        write_literal(c, queries[i].sql);
        fputs(",\n", c);
    }
    fputs("};\n\nconst char *const sql_name[SQL_QUERIES] = {\n", c);
    for (size_t i = 0; i < n; i++)
        fprintf(c, "    \"%.*s\",\n", STR_ARG(queries[i].name));
    fputs("};\n", c);
    finish(c, argv[2]);

    FILE *h = create(argv[3]);
    write_header(h, queries, n);
    finish(h, argv[3]);

    sqlite3_close(db);
    arena_release(&memory);
    return 0;
}
