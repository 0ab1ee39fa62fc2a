/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cmd/command.h"
#include "config/config.h"
#include "core/form_extra.h"
#include "store/reader.h"

#include <inttypes.h>

enum { ROW_MAX = 1024 * 1024, LIMIT_DEFAULT = 50, COLUMN = 32, LINE = 72 };

struct listing {
    bool json;
    bool too_long; /* a row did not fit */
    uint64_t rows;
    const struct form_rules *rules;
};

/*
 * The first `width` code points of s; returns how many there were. What could drive a terminal, or
 * turn the line round, is shown as U+FFFD: this reads a file that somebody may have written past
 * the form's checks.
 */
static size_t print_text(struct str s, size_t width)
{
    size_t points = 0;
    for (size_t at = 0; at < s.len && points < width; points++) {
        uint32_t code;
        size_t n = utf8_decode(s, at, &code);
        if (n == 0 || utf8_is_control(code))
            fputs("\xEF\xBF\xBD", stdout);
        else
            fwrite(s.ptr + at, 1, n, stdout);
        at += n ? n : 1;
    }
    return points;
}

/* Padded: columns stay straight in any script that is not wide. */
static void print_column(struct str s, size_t width)
{
    size_t points = print_text(s, width);
    printf("%*s", (int)(width - points + 2), "");
}

/* The operator's own fields below the row, but for sensitive ones and those no longer asked. */
static void print_extras(struct arena *a, const struct form_rules *rules,
                         const struct submission_row *row)
{
    struct form form = row->form;
    form_extra_load(a, rules, row->extra, &form);
    for (size_t f = FIELD_COUNT; f < rules->fields_n; f++) {
        const struct field_info *info = &rules->fields[f];
        if (form.value[f].len == 0 || info->privacy == PRIVACY_SENSITIVE)
            continue;
        fputs("    ", stdout);
        print_text(info->label, LINE);
        fputs(": ", stdout);
        print_text(form_display(a, rules, &form, f), LINE);
        putchar('\n');
    }
}

static void print_row(const struct listing *listing, const struct submission_row *row)
{
    char at[CLOCK_RFC3339_SIZE];
    struct arena a = ARENA_INIT;
    clock_rfc3339(row->created_ms, at);
    print_column(client_id_str(&row->client_id), CLIENT_ID_LEN);
    printf("%.10s %.5s  ", at, at + 11);
    print_column(row->status, 10);
    print_column(row->form.value[FIELD_COMPANY_NAME], COLUMN);
    print_column(row->form.value[FIELD_CONTACT_NAME], COLUMN / 2 + 8);
    print_column(form_display(&a, listing->rules, &row->form, FIELD_SERVICE_TYPE), COLUMN);
    putchar('\n');
    print_extras(&a, listing->rules, row);
    arena_release(&a);
}

/* One JSON object a line, the fields under their contract names, the operator's under theirs. */
static bool print_json(const struct submission_row *row)
{
    struct buf out;
    struct json j;
    struct arena a = ARENA_INIT;
    char at[CLOCK_RFC3339_SIZE];
    buf_init(&out, ROW_MAX);
    json_init(&j, &out);
    json_object(&j, NULL);
    json_str(&j, "client_id", client_id_str(&row->client_id));
    json_str(&j, "created_at", clock_rfc3339(row->created_ms, at));
    json_str(&j, "status", row->status);
    for (enum field f = 0; f < FIELD_COUNT; f++) {
        const struct field_info *info = field_info(f);
        if (info->kind != FIELD_CHOICES) {
            json_str(&j, info->name.ptr, row->form.value[f]);
            continue;
        }
        struct str rest = row->form.value[f], value;
        json_array(&j, info->name.ptr);
        while (rest.len && str_cut(&rest, '\n', &value))
            json_str(&j, NULL, value);
        json_end(&j);
    }
    form_extra_copy(&a, row->extra, &j);
    json_end(&j);
    buf_byte(&out, '\n');
    bool fits = buf_ok(&out);
    if (fits)
        fwrite(out.ptr, 1, out.len, stdout);
    buf_release(&out);
    arena_release(&a);
    return fits;
}

static bool visit(void *context, const struct submission_row *row)
{
    struct listing *listing = context;
    if (!listing->json)
        print_row(listing, row);
    else if (!print_json(row))
        listing->too_long = true;
    listing->rows++;
    return !listing->too_long;
}

int cmd_list(int argc, char **argv)
{
    const char *config_file = NULL, *data_dir = NULL, *limit_text = NULL;
    struct listing listing = {0};
    const struct option_spec specs[] = {
        {"--config", &config_file, NULL},
        {"--data", &data_dir, NULL},
        {"--limit", &limit_text, NULL},
        {"--json", NULL, &listing.json},
    };
    struct why why = {0};
    struct config config;
    uint64_t limit = LIMIT_DEFAULT;
    enum err e = command_options(&argc, &argv, specs, sizeof specs / sizeof *specs, &why);
    if (e == ERR_NONE && limit_text && (!str_to_u64(str_from(limit_text), &limit) || limit == 0))
        e = err_set(&why, ERR_USAGE, "understand the command line",
                    "--limit takes a whole number from 1, not “%s”", limit_text);
    if (e == ERR_NONE)
        e = command_no_more(argc, argv, &why);
    if (e != ERR_NONE)
        return command_failed(e, &why);
    int code = command_config(config_file, data_dir, &config);
    if (code)
        return code;

    struct reader *reader = NULL;
    listing.rules = &config.rules;
    e = reader_open_directory(config.data_directory.ptr, &reader, &why);
    if (e == ERR_NONE)
        e = reader_submissions(reader, limit, visit, &listing, &why);
    reader_close(reader);
    if (e == ERR_NONE && listing.too_long)
        e = err_set(&why, ERR_DATA, "list the submissions",
                    "row %" PRIu64 " is longer than any form: the file was changed", listing.rows);
    if (e == ERR_NONE && !listing.json && listing.rows == 0)
        fprintf(stderr, "Nobody has sent the form yet.\n");
    if (e == ERR_NONE && !listing.json && listing.rows == limit)
        fprintf(stderr, "The newest %llu. For more: anteroom list --limit N\n",
                (unsigned long long)limit);
    config_release(&config);
    return e == ERR_NONE ? 0 : command_failed(e, &why);
}
