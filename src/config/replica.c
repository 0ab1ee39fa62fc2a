/* SPDX-License-Identifier: Apache-2.0 */
#include "config/replica.h"

#include "config/check.h"
#include "config/config.h"
#include "config/option.h"

#include <stdio.h>

static const struct {
    struct str name;
    enum sync_class class;
} classes[] = {
    {STR_INIT("form"), SYNC_FORM}, {STR_INIT("api"), SYNC_API}, {STR_INIT("staff"), SYNC_STAFF}};

bool sync_classes_read(struct str text, unsigned *out, struct str *wrong)
{
    struct str rest = text, word;
    *out = 0;
    while (str_cut(&rest, ',', &word)) {
        size_t i = 0, n = sizeof classes / sizeof *classes;
        word = str_trim(word);
        while (i < n && !str_eq(word, classes[i].name))
            i++;
        if (i == n) {
            *wrong = word;
            return false;
        }
        *out |= classes[i].class;
    }
    return true;
}

static bool refuse(struct option_problem *problem, struct str value, const char *is_not,
                   const char *hint)
{
    char shown[OPTION_SHOWN_MAX];
    snprintf(problem->detail, sizeof problem->detail, "“%s” %s", option_shown(value, shown),
             is_not);
    snprintf(problem->hint, sizeof problem->hint, "%s", hint);
    return false;
}

bool check_sync_classes(struct str value, struct option_problem *problem)
{
    unsigned bits;
    struct str wrong = STR_EMPTY;
    return sync_classes_read(value, &bits, &wrong) ||
           refuse(problem, wrong, "is not one of them",
                  "There are form, api and staff; with commas between them.");
}

/* "10s for 7d", or the last: "5m" */
static bool read_level(struct str text, bool last, int64_t *span_ms, int64_t *keep_ms)
{
    static const struct str between = STR_INIT(" for ");
    size_t at = 0;
    while (at + between.len <= text.len && !str_eq(str_slice(text, at, at + between.len), between))
        at++;
    bool has_keep = at + between.len <= text.len;
    struct str span = has_keep ? str_slice(text, 0, at) : text;
    *keep_ms = 0;
    return has_keep == !last && option_parse_time(str_trim(span), span_ms) && *span_ms >= 1000 &&
           (last ||
            (option_parse_time(str_trim(str_slice(text, at + between.len, text.len)), keep_ms) &&
             *keep_ms >= *span_ms));
}

bool replica_levels_read(struct str text, struct replica_levels *out,
                         struct option_problem *problem)
{
    struct str rest = text, word;
    int64_t span_ms = 0, keep_ms = 0;
    *out = (struct replica_levels){0};
    while (str_cut(&rest, ',', &word)) {
        word = str_trim(word);
        if (out->n == REPLICA_LEVELS_MAX)
            return refuse(problem, word, "is one level too many", "There may be 8 of them.");
        if (!read_level(word, rest.len == 0, &out->items[out->n].span_ms,
                        &out->items[out->n].keep_ms))
            return refuse(problem, word, "is not a level",
                          "Write how fine and for how long, a second at least, and only how fine "
                          "for the last one: 1s for 24h, 10s for 7d, 5m");
        int64_t now_ms = out->items[out->n].span_ms, now_keep_ms = out->items[out->n].keep_ms;
        if (span_ms && (now_ms <= span_ms || now_ms % span_ms))
            return refuse(problem, word, "is not a multiple of the level before it",
                          "Put the finest first: 1s for 24h, 10s for 7d, 5m");
        if (now_keep_ms && now_keep_ms < keep_ms)
            return refuse(problem, word, "is kept for less than the finer one before it",
                          "Coarse ones are made of fine ones: keep them for as long at least.");
        span_ms = now_ms;
        keep_ms = now_keep_ms;
        out->n++;
    }
    return out->n > 0 || refuse(problem, text, "names no level", "Write at least one, as in 5m");
}

bool check_replica_levels(struct str value, struct option_problem *problem)
{
    struct replica_levels levels;
    return replica_levels_read(value, &levels, problem);
}

bool replica_settle(struct config *config, struct option_problem *problem)
{
    struct str wrong;
    config->sync = 0;
    if (str_eq(config->replica_mode, STR("sync")))
        sync_classes_read(config->replica_sync_for, &config->sync, &wrong);
    if (!replica_levels_read(config->replica_levels, &config->levels, problem))
        return false;
    struct replica_levels *l = &config->levels;
    l->items[l->n - 1].keep_ms = config->replica_retention;
    if ((l->n == 1 || l->items[l->n - 2].keep_ms <= config->replica_retention) &&
        l->items[l->n - 1].span_ms <= config->replica_retention)
        return true;
    snprintf(problem->detail, sizeof problem->detail,
             "replica.retention is shorter than a level of replica.levels");
    snprintf(problem->hint, sizeof problem->hint,
             "What is kept longest is the last level: raise the retention, or shorten the level.");
    return false;
}
