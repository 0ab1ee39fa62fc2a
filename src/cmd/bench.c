/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cmd/command.h"
#include "store/seed.h"

#include <inttypes.h>
#include <unistd.h>

/* anteroom bench seed: a data directory with as many made-up submissions as somebody wants. */

enum { RECORDS = 1000000, BAR = 30 };

struct progress {
    uint64_t records;
    int64_t began_ms, told_ms;
    bool shown;
};

static void show(void *context, uint64_t done)
{
    struct progress *p = context;
    int64_t now = clock_monotonic_ms();
    if (!isatty(STDERR_FILENO) || now - p->began_ms < 1000 || now - p->told_ms < 200)
        return;
    p->told_ms = now;
    p->shown = true;
    uint64_t rate = done * 1000 / (uint64_t)(now - p->began_ms + 1);
    int filled = (int)(done * BAR / p->records);
    fprintf(stderr,
            "\r[%.*s%*s] %" PRIu64 " of %" PRIu64 ", %" PRIu64 "/s, %" PRIu64 " s left \033[K",
            filled, "##############################", BAR - filled, "", done, p->records, rate,
            rate ? (p->records - done) / rate : 0);
}

static enum err number(const char *option, const char *text, uint64_t *out, struct why *why)
{
    if (!text || (str_to_u64(str_from(text), out) && *out <= UINT32_MAX))
        return ERR_NONE;
    return err_set(why, ERR_USAGE, "understand the command line",
                   "%s takes a whole number, not “%s”", option, text);
}

static int seed(int argc, char **argv)
{
    const char *to = NULL, *records = NULL, *seed_text = NULL;
    const struct option_spec specs[] = {
        {"--to", &to, NULL}, {"--records", &records, NULL}, {"--seed", &seed_text, NULL}};
    struct why why = {0};
    struct seed_options options = {.records = RECORDS, .seed = 1, .tell = show};
    enum err e = command_options(&argc, &argv, specs, sizeof specs / sizeof *specs, &why);
    if (!e)
        e = command_no_more(argc, argv, &why);
    if (!e)
        e = number("--records", records, &options.records, &why);
    if (!e)
        e = number("--seed", seed_text, &options.seed, &why);
    if (!e && (!to || !options.records)) {
        e = err_set(&why, ERR_USAGE, "understand the command line",
                    to ? "--records 0 is nothing to do" : "it is not said where to put them");
        err_hint(&why, "anteroom bench seed --to DIR [--records N] [--seed S]");
    }
    struct progress p = {.records = options.records, .began_ms = clock_monotonic_ms()};
    options.context = &p;
    if (!e)
        e = seed_fill(to, &options, &why);
    if (p.shown)
        fputs("\r\033[K", stderr);
    if (e)
        return command_failed(e, &why);
    int64_t ms = clock_monotonic_ms() - p.began_ms;
    printf("%" PRIu64 " submissions in %s, %.1f s, %.0f/s. Seed %" PRIu64 ".\n", options.records,
           to, (double)ms / 1000, (double)options.records * 1000 / (double)(ms ? ms : 1),
           options.seed);
    return 0;
}

int cmd_bench(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "seed") == 0)
        return seed(argc - 1, argv + 1);
    struct why why = {0};
    err_set(&why, ERR_USAGE, "understand the command line",
            argc > 1 ? "there is nothing to bench called “%s”" : "it is not said what%s",
            argc > 1 ? argv[1] : "");
    err_hint(&why, "anteroom bench seed --to DIR fills a directory with made-up submissions.");
    return command_failed(ERR_USAGE, &why);
}
