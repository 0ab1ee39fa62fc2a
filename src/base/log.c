/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <unistd.h>

enum {
    VALUE_MAX = 1024, /* bytes of one value, so that one field cannot push out the others */
    KEY_WIDTH = 24,   /* where a text line's fields begin, after the event */
    WAIT_MS = 50      /* how long a full pipe may hold a line up, once until it moves again */
};

static struct {
    int fd;
    enum log_level least;
    bool text, colour;
    pthread_mutex_t lock; /* around poll + write and what is below; nothing is locked under it */
    bool stalled, torn;   /* torn: the last line stands there in part */
    int64_t lost;
} sink = {.fd = 2, .least = LOG_INFO, .lock = PTHREAD_MUTEX_INITIALIZER};

static const struct {
    const char *name, *padded, *colour;
} levels[] = {
    [LOG_DEBUG] = {"debug", "debug", "\033[2m"},
    [LOG_INFO] = {"info", "info ", ""},
    [LOG_WARN] = {"warn", "warn ", "\033[33m"},
    [LOG_ERROR] = {"error", "error", "\033[31m"},
};

static const struct str cut_mark = STR_INIT("…");

void log_init(int fd, enum log_level least, enum log_format format)
{
    bool open = fd >= 0 && fcntl(fd, F_GETFD) >= 0;
    bool terminal = open && isatty(fd);
    const char *no_colour = getenv("NO_COLOR"), *kind = getenv("TERM");
    sink.fd = open ? fd : -1;
    sink.lost = 0; /* nothing was ever lost on this one */
    sink.torn = sink.stalled = false;
    sink.least = least;
    sink.text = format == LOG_FORMAT_TEXT || (format == LOG_FORMAT_AUTO && terminal);
    sink.colour = terminal && !(no_colour && *no_colour) && kind && strcmp(kind, "dumb") != 0;
    struct sigaction now;
    if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
}

bool log_enabled(enum log_level level)
{
    return level >= sink.least;
}

/* A line under construction. `end` leaves room for what must close it: "…", quote, brace, LF. */
struct line {
    size_t len;
    char bytes[LOG_LINE_MAX];
};

enum { TAIL = 8, END = LOG_LINE_MAX - TAIL };

/* Appends all of s or nothing. */
static bool put(struct line *line, struct str s)
{
    if (line->len > END || s.len > END - line->len)
        return false;
    if (s.len)
        memcpy(line->bytes + line->len, s.ptr, s.len);
    line->len += s.len;
    return true;
}

/* Behind END: what closes the line always fits. */
static void put_tail(struct line *line, struct str s)
{
    memcpy(line->bytes + line->len, s.ptr, s.len);
    line->len += s.len;
}

static bool put_colour(struct line *line, const char *colour)
{
    return !sink.colour || put(line, str_from(colour));
}

/* The text escaped for a JSON string; too long a one ends in "…". */
static void put_escaped(struct line *line, struct str s)
{
    size_t most = line->len + VALUE_MAX < END ? line->len + VALUE_MAX : END;
    for (size_t at = 0; at < s.len;) {
        uint32_t code;
        char text[JSON_ESCAPE_MAX];
        size_t taken = utf8_decode(s, at, &code);
        size_t n = json_escape(code, text);
        if (n > most - line->len) {
            put_tail(line, cut_mark);
            return;
        }
        memcpy(line->bytes + line->len, text, n);
        line->len += n;
        at += taken ? taken : 1;
    }
}

static bool put_quoted(struct line *line, struct str s)
{
    if (!put(line, STR("\"")))
        return false;
    put_escaped(line, s);
    put_tail(line, STR("\""));
    return true;
}

/* In a text line only what a reader could misread is quoted. */
static bool is_plain(struct str s)
{
    uint32_t code;
    for (size_t at = 0; at < s.len;) {
        size_t n = utf8_decode(s, at, &code);
        if (n == 0 || code == ' ' || code == '"' || code == '\\' || code == '=' ||
            utf8_is_control(code))
            return false;
        at += n;
    }
    return s.len > 0;
}

static bool put_format(struct line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool put_format(struct line *line, const char *format, ...)
{
    char text[64];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return put(line, str_of(text, (size_t)n));
}

/* 850us, 12.4ms, 3.25s: for eyes. Programs get microseconds. */
static bool put_micros(struct line *line, int64_t us)
{
    if (us < 1000)
        return put_format(line, "%lldus", (long long)us);
    if (us < 1000000)
        return put_format(line, "%.1fms", (double)us / 1e3);
    return put_format(line, "%.2fs", (double)us / 1e6);
}

static bool put_value(struct line *line, const struct log_field *field)
{
    switch (field->kind) {
    case LOG_KIND_STR:
        if (!sink.text || !is_plain(field->str))
            return put_quoted(line, field->str);
        put_escaped(line, field->str);
        return true;
    case LOG_KIND_BOOL:
        return put(line, field->number ? STR("true") : STR("false"));
    case LOG_KIND_US:
        if (sink.text)
            return put_micros(line, field->number);
        return put_format(line, "%lld", (long long)field->number);
    case LOG_KIND_INT:
        return put_format(line, "%lld", (long long)field->number);
    }
    return false;
}

/* Keys are literals of ours, plain words: only values need escaping. */
static bool put_json_field(struct line *line, const struct log_field *field)
{
    return put(line, STR(",\"")) && put(line, str_from(field->key)) && put(line, STR("\":")) &&
           put_value(line, field);
}

static bool put_text_field(struct line *line, const struct log_field *field)
{
    return put(line, STR(" ")) && put_colour(line, "\033[2m") && put(line, str_from(field->key)) &&
           put(line, STR("=")) && put_colour(line, "\033[0m") && put_value(line, field);
}

static void put_json(struct line *line, struct str time, enum log_level level, struct str event)
{
    put(line, STR("{\"time\":\""));
    put(line, time);
    put(line, STR("\",\"level\":\""));
    put(line, str_from(levels[level].name));
    put(line, STR("\",\"event\":"));
    put_quoted(line, event);
}

static void put_text(struct line *line, struct str time, enum log_level level, struct str event)
{
    put_colour(line, "\033[2m");
    put(line, str_slice(time, 11, 23)); /* the day is known to who sits there */
    put_colour(line, "\033[0m");
    put(line, STR(" "));
    put_colour(line, levels[level].colour);
    put(line, str_from(levels[level].padded));
    put_colour(line, "\033[0m");
    put(line, STR(" "));
    size_t start = line->len;
    put_escaped(line, event);
    while (line->len - start < KEY_WIDTH && put(line, STR(" ")))
        ;
}

static void compose(struct line *line, enum log_level level, const char *event,
                    const struct log_field *fields, size_t n)
{
    char stamp[CLOCK_RFC3339_SIZE];
    struct str time = clock_rfc3339(clock_wall_ms(), stamp);
    line->len = 0;
    (sink.text ? put_text : put_json)(line, time, level, str_from(event));
    for (size_t i = 0; i < n; i++) {
        size_t before = line->len;
        if (!(sink.text ? put_text_field : put_json_field)(line, &fields[i])) {
            line->len = before; /* not even its key fits: left out whole */
            break;
        }
        if (line->len > END)
            break; /* its value was cut: the line is full */
    }
    while (sink.text && line->len && line->bytes[line->len - 1] == ' ')
        line->len--;
    put_tail(line, sink.text ? STR("\n") : STR("}\n"));
}

/* True when the descriptor takes bytes within the time. */
static bool wait_writable(int timeout_ms)
{
    struct pollfd p = {.fd = sink.fd, .events = POLLOUT};
    int n;
    do {
        n = poll(&p, 1, timeout_ms);
    } while (n < 0 && errno == EINTR);
    return n > 0;
}

/*
 * A blocking pipe that polls writable takes PIPE_BUF (4096) bytes at once without blocking, so
 * asking first means never waiting in write itself.
 */
static bool deliver(const char *bytes, size_t n)
{
    size_t at = 0;
    while (at < n) {
        ssize_t done = -1;
        sink.stalled = !wait_writable(sink.stalled ? 0 : WAIT_MS);
        if (!sink.stalled)
            done = write(sink.fd, bytes + at, n - at);
        if (done > 0)
            at += (size_t)done;
        else if (sink.stalled || errno != EINTR)
            break; /* full, closed or broken */
    }
    if (at > 0)
        sink.torn = at < n;
    return at == n;
}

void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
    if (!log_enabled(level) || sink.fd < 0)
        return;
    struct line line;
    compose(&line, level, event, fields, n);
    int saved = errno; /* a log line between a failure and its report must not change errno */
    pthread_mutex_lock(&sink.lock);
    if (sink.lost) {
        struct line gap;
        compose(&gap, LOG_WARN, "log lines lost", &LOG_INT("lines", sink.lost), 1);
        if ((!sink.torn || deliver("\n", 1)) && deliver(gap.bytes, gap.len))
            sink.lost = 0;
    }
    if (sink.lost || !deliver(line.bytes, line.len))
        sink.lost++;
    pthread_mutex_unlock(&sink.lock);
    errno = saved;
}

void log_why(enum log_level level, const char *event, const struct why *why)
{
    const struct log_field fields[] = {
        LOG_TEXT("op", why->op),
        LOG_TEXT("detail", why->detail),
        LOG_TEXT("hint", why->hint),
    };
    log_write(level, event, fields, why->hint[0] ? 3 : 2);
}
