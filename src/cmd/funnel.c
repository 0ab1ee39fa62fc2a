/* SPDX-License-Identifier: Apache-2.0 */
#include "store/funnel.h"
#include "base/clock.h"
#include "base/json.h"
#include "cmd/command.h"
#include "config/config.h"
#include "store/reader.h"

/*
 * anteroom funnel: how far visitors come, how long a step takes, what is sent back. Sums for
 * people; with --json one object a line for each day and count, as the table has them.
 */

enum { DAYS_DEFAULT = 30, DAYS_MAX = 3650, REASONS_MAX = 512, LINE_MAX_BYTES = 4096 };

/* How often one field was sent back with one finding. */
struct reason {
    char field[48], code[24];
    uint64_t n;
};

struct sums {
    uint64_t reached[FUNNEL_STAGES], stopped[FUNNEL_STAGES], refused[FUNNEL_STAGES];
    uint64_t took[FUNNEL_STAGES][FUNNEL_SPANS];
    struct reason reasons[REASONS_MAX];
    size_t reasons_n;
    uint64_t rows;
};

static const char *const stage_titles[FUNNEL_STAGES] = {
    [FUNNEL_STARTED] = "opened the form",
    [FUNNEL_COMPANY] = "finished company",
    [FUNNEL_ENGAGEMENT] = "finished engagement",
    [FUNNEL_CHECK] = "came to the check page",
    [FUNNEL_SENT] = "sent",
};

/* The number of the name in the list, n when it is none of them. */
static size_t number_of(const struct str *names, size_t n, struct str name)
{
    size_t i = 0;
    while (i < n && !str_eq(names[i], name))
        i++;
    return i;
}

/* A name as the table should have it: nothing in it drives a terminal. */
static void copy_name(char *out, size_t size, struct str name)
{
    size_t n = 0;
    for (; n < name.len && n + 1 < size; n++) {
        char c = name.ptr[n];
        out[n] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ? c : '?';
    }
    out[n] = '\0';
}

static void add_reason(struct sums *s, const struct funnel_row *row)
{
    struct reason reason = {.n = (uint64_t)row->n};
    copy_name(reason.field, sizeof reason.field, row->field);
    copy_name(reason.code, sizeof reason.code, row->code);
    for (size_t i = 0; i < s->reasons_n; i++)
        if (strcmp(s->reasons[i].field, reason.field) == 0 &&
            strcmp(s->reasons[i].code, reason.code) == 0) {
            s->reasons[i].n += reason.n;
            return;
        }
    if (s->reasons_n < REASONS_MAX)
        s->reasons[s->reasons_n++] = reason;
}

static void add_row(void *context, const struct funnel_row *row)
{
    struct sums *s = context;
    size_t stage = number_of(funnel_stage_names, FUNNEL_STAGES, row->step);
    if (stage == FUNNEL_STAGES || row->n < 0)
        return;
    uint64_t n = (uint64_t)row->n;
    s->rows++;
    if (str_eq(row->kind, STR("reached")))
        s->reached[stage] += n;
    else if (str_eq(row->kind, STR("stopped")))
        s->stopped[stage] += n;
    else if (str_eq(row->kind, STR("refused")))
        s->refused[stage] += n;
    else if (str_eq(row->kind, STR("error")))
        add_reason(s, row);
    else {
        size_t span = number_of(funnel_span_names, FUNNEL_SPANS, row->code);
        if (span < FUNNEL_SPANS)
            s->took[stage][span] += n;
    }
}

static void print_json(void *context, const struct funnel_row *row)
{
    struct buf out;
    struct json j;
    char at[CLOCK_RFC3339_SIZE];
    (void)context;
    buf_init(&out, LINE_MAX_BYTES);
    json_init(&j, &out);
    clock_rfc3339(row->day * FUNNEL_DAY_MS, at);
    json_object(&j, NULL);
    json_str(&j, "day", str_of(at, 10));
    json_str(&j, "kind", row->kind);
    json_str(&j, "step", row->step);
    if (row->field.len)
        json_str(&j, "field", row->field);
    if (row->code.len)
        json_str(&j, "code", row->code);
    json_int(&j, "n", row->n);
    json_end(&j);
    buf_byte(&out, '\n');
    if (buf_ok(&out))
        fwrite(out.ptr, 1, out.len, stdout);
    buf_release(&out);
}

/* ---- for people ------------------------------------------------------------------------------ */

static void print_stages(const struct sums *s)
{
    printf("%-26s %9s  of those before\n", "Visitors", "");
    for (size_t i = 0; i < FUNNEL_STAGES; i++) {
        printf("  %-24s %9llu", stage_titles[i], (unsigned long long)s->reached[i]);
        if (i > 0 && s->reached[i - 1])
            printf("  %4.0f %%", 100.0 * (double)s->reached[i] / (double)s->reached[i - 1]);
        putchar('\n');
    }
}

static void print_stopped(const struct sums *s)
{
    printf("\nGave up (unfinished forms that expired), by where\n");
    for (size_t i = FUNNEL_COMPANY; i <= FUNNEL_CHECK; i++)
        printf("  %-24.*s %9llu\n", STR_ARG(funnel_stage_names[i]),
               (unsigned long long)s->stopped[i]);
}

static void print_spans(const struct sums *s)
{
    printf("\nTime taken    under 1 min    to 3 min   to 10 min   to 30 min      longer\n");
    for (size_t i = FUNNEL_COMPANY; i <= FUNNEL_CHECK; i++) {
        printf("  %-11.*s", STR_ARG(funnel_stage_names[i]));
        for (size_t k = 0; k < FUNNEL_SPANS; k++)
            printf("%12llu", (unsigned long long)s->took[i][k]);
        putchar('\n');
    }
}

static int by_count(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    int order = strcmp(x->field, y->field);
    return order ? order : strcmp(x->code, y->code);
}

static void print_reasons(struct sums *s)
{
    uint64_t refused = 0;
    for (size_t i = 0; i < FUNNEL_STAGES; i++)
        refused += s->refused[i];
    printf("\nPages sent back              %9llu\n", (unsigned long long)refused);
    qsort(s->reasons, s->reasons_n, sizeof *s->reasons, by_count);
    for (size_t i = 0; i < s->reasons_n; i++)
        printf("  %-24s %9llu  %s\n", s->reasons[i].field, (unsigned long long)s->reasons[i].n,
               s->reasons[i].code);
}

static void print_sums(struct sums *s, int64_t first, int64_t last)
{
    char from[CLOCK_RFC3339_SIZE], to[CLOCK_RFC3339_SIZE];
    clock_rfc3339(first * FUNNEL_DAY_MS, from);
    clock_rfc3339(last * FUNNEL_DAY_MS, to);
    printf("%.10s to %.10s (UTC)\n\n", from, to);
    print_stages(s);
    print_stopped(s);
    print_spans(s);
    print_reasons(s);
}

int cmd_funnel(int argc, char **argv)
{
    const char *config_file = NULL, *data_dir = NULL, *days_text = NULL;
    bool json = false;
    const struct option_spec specs[] = {
        {"--config", &config_file, NULL},
        {"--data", &data_dir, NULL},
        {"--days", &days_text, NULL},
        {"--json", NULL, &json},
    };
    struct why why = {0};
    struct config config;
    uint64_t days = DAYS_DEFAULT;
    enum err e = command_options(&argc, &argv, specs, sizeof specs / sizeof *specs, &why);
    if (e == ERR_NONE && days_text &&
        (!str_to_u64(str_from(days_text), &days) || days == 0 || days > DAYS_MAX))
        e = err_set(&why, ERR_USAGE, "understand the command line",
                    "--days takes a whole number from 1 to %d, not “%s”", DAYS_MAX, days_text);
    if (e == ERR_NONE)
        e = command_no_more(argc, argv, &why);
    if (e != ERR_NONE)
        return command_failed(e, &why);
    int code = command_config(config_file, data_dir, &config);
    if (code)
        return code;

    static struct sums sums;
    struct reader *reader = NULL;
    int64_t last = clock_wall_ms() / FUNNEL_DAY_MS, first = last - (int64_t)days + 1;
    e = reader_open_directory(config.data_directory.ptr, &reader, &why);
    if (e == ERR_NONE)
        e = reader_funnel(reader, first, json ? print_json : add_row, &sums, &why);
    reader_close(reader);
    config_release(&config);
    if (e == ERR_NONE && !json)
        print_sums(&sums, first, last);
    if (e == ERR_NONE && !json && sums.rows == 0)
        fprintf(stderr, "Nothing was counted in these days.\n");
    return e == ERR_NONE ? 0 : command_failed(e, &why);
}
