/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log: one line per event on stderr, JSON by default, aligned text on a terminal.
 *
 *     log_event(LOG_INFO, "listening", LOG_STR("address", addr), LOG_INT("loops", n));
 *     {"time":"2026-11-21T09:30:00.125Z","level":"info","event":"listening","address":…,"loops":2}
 *
 * There is no field kind for what a visitor typed, for tokens or for addresses of people: personal
 * data has no way in. Values are escaped (no line break, no terminal control gets through); a line
 * is at most LOG_LINE_MAX bytes, cut values end in "…", and it leaves in one write(2), so lines of
 * several threads never mix. A reader that stops reading costs one short wait, then lines are
 * dropped and counted; the first line that gets through again is preceded by "log lines lost".
 *
 * Threads: safe from any thread after log_init. Not from signal handlers.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

enum { LOG_LINE_MAX = 4096 };

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format {
    LOG_FORMAT_AUTO,
    LOG_FORMAT_JSON,
    LOG_FORMAT_TEXT
}; /* auto: text on a terminal */

struct log_field {
    const char *key;
    enum { LOG_KIND_STR, LOG_KIND_INT, LOG_KIND_BOOL, LOG_KIND_US } kind; /* US: microseconds */
    struct str str;
    int64_t number;
};

#define LOG_STR(key, s)     ((struct log_field){(key), LOG_KIND_STR, (s), 0})
#define LOG_TEXT(key, c)    ((struct log_field){(key), LOG_KIND_STR, str_from(c), 0})
#define LOG_INT(key, n)     ((struct log_field){(key), LOG_KIND_INT, STR_EMPTY, (int64_t)(n)})
#define LOG_BOOL(key, b)    ((struct log_field){(key), LOG_KIND_BOOL, STR_EMPTY, (b)})
#define LOG_MICROS(key, us) ((struct log_field){(key), LOG_KIND_US, STR_EMPTY, (us)})

/*
 * Call once, before threads start. fd: where lines go (2 for stderr); a closed one means nowhere.
 * Colours on a terminal unless NO_COLOR is set. Ignores SIGPIPE in the whole process, when nobody
 * has chosen otherwise: a log nobody reads any more must not end the server.
 */
void log_init(int fd, enum log_level least, enum log_format format);

bool log_enabled(enum log_level level);

#define log_event(level, event, ...)                                                               \
    log_write((level), (event), (const struct log_field[]){__VA_ARGS__},                           \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))

void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n);

/* The why as fields op, detail, hint. */
void log_why(enum log_level level, const char *event, const struct why *why);

#endif
