/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include "base/utf8.h"
#include "lib/expect.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <yyjson.h>

/* A pipe with the log at its writing end. */
static int ends[2];
static char got[1 << 20];

static int setup(void **state)
{
    (void)state;
    return pipe(ends);
}

static int teardown(void **state)
{
    (void)state;
    log_init(-1, LOG_INFO, LOG_FORMAT_JSON);
    close(ends[0]);
    close(ends[1]);
    return 0;
}

static bool is_readable(void)
{
    struct pollfd p = {.fd = ends[0], .events = POLLIN};
    return poll(&p, 1, 0) == 1 && (p.revents & POLLIN);
}

/* What has been written until now. */
static struct str written(void)
{
    size_t n = 0;
    while (n < sizeof got && is_readable()) {
        ssize_t part = read(ends[0], got + n, sizeof got - n);
        if (part <= 0)
            break;
        n += (size_t)part;
    }
    return str_of(got, n);
}

/* One line, whole, valid JSON: its value of that key. */
static struct str json_value(struct str line, const char *key)
{
    static char text[LOG_LINE_MAX];
    assert_true(line.len > 0 && line.len <= LOG_LINE_MAX);
    assert_int_equal(str_find(line, '\n', 0), line.len - 1);
    assert_true(utf8_valid(line));
    yyjson_doc *doc = yyjson_read(line.ptr, line.len, 0);
    assert_non_null(doc);
    yyjson_val *value = yyjson_obj_get(yyjson_doc_get_root(doc), key);
    size_t n = 0;
    if (value && yyjson_is_str(value)) {
        n = yyjson_get_len(value);
        memcpy(text, yyjson_get_str(value), n);
    } else if (value) {
        n = (size_t)snprintf(text, sizeof text, "%lld", (long long)yyjson_get_sint(value));
    }
    yyjson_doc_free(doc);
    return str_of(text, n);
}

static void a_json_line(void **state)
{
    (void)state;
    log_init(ends[1], LOG_INFO, LOG_FORMAT_AUTO); /* a pipe is no terminal */
    log_event(LOG_WARN, "listening", LOG_TEXT("address", "[::1]:8443"), LOG_INT("loops", -2),
              LOG_BOOL("tls", true), LOG_MICROS("took_us", 1500));
    struct str line = written();
    assert_str(str_slice(line, 0, 9), "{\"time\":\"");
    assert_str(str_slice(line, 9 + 24, line.len),
               "\",\"level\":\"warn\",\"event\":\"listening\",\"address\":\"[::1]:8443\","
               "\"loops\":-2,\"tls\":true,\"took_us\":1500}\n");
    log_event(LOG_INFO, "bare");
    line = written();
    assert_str(str_slice(line, 9 + 24, line.len), "\",\"level\":\"info\",\"event\":\"bare\"}\n");
}

static void levels(void **state)
{
    (void)state;
    log_init(ends[1], LOG_WARN, LOG_FORMAT_JSON);
    assert_false(log_enabled(LOG_INFO));
    assert_true(log_enabled(LOG_ERROR));
    log_event(LOG_DEBUG, "x");
    log_event(LOG_INFO, "x");
    assert_int_equal(written().len, 0);
    log_event(LOG_ERROR, "y");
    assert_str(json_value(written(), "event"), "y");
}

static void a_text_line(void **state)
{
    (void)state;
    log_init(ends[1], LOG_DEBUG, LOG_FORMAT_TEXT);
    log_event(LOG_DEBUG, "request", LOG_TEXT("route", "/apply/company"), LOG_TEXT("why", "no luck"),
              LOG_TEXT("empty", ""), LOG_MICROS("a", 850), LOG_MICROS("b", 12400),
              LOG_MICROS("c", 3250000));
    struct str line = written();
    assert_str(str_slice(line, 12, line.len),
               " debug request                  route=/apply/company why=\"no luck\" empty=\"\" "
               "a=850us b=12.4ms c=3.25s\n");
    log_event(LOG_INFO, "bare");
    line = written();
    assert_str(str_slice(line, 12, line.len), " info  bare\n");
}

/* What comes from outside cannot end the line, forge a second one or speak to the terminal. */
static void nothing_breaks_the_line(void **state)
{
    (void)state;
    static const struct str nasty[] = {
        STR_INIT("a\nb"),
        STR_INIT("\r\n{\"time\":\"forged\"}\n"),
        STR_INIT("\"}\n"),
        STR_INIT("\\"),
        STR_INIT("\033[31mred\033[0m\a\b"),
        STR_INIT("\x9B\xFF\xC3"),
        STR_INIT("\xC2\x9B\u2028\u202E"),
        STR_INIT("\0"),
        STR_INIT("x y=z"),
    };
    for (int format = LOG_FORMAT_JSON; format <= LOG_FORMAT_TEXT; format++)
        for (size_t i = 0; i < sizeof nasty / sizeof *nasty; i++) {
            log_init(ends[1], LOG_INFO, (enum log_format)format);
            log_event(LOG_INFO, "e", LOG_STR("v", nasty[i]), LOG_INT("after", 1));
            struct str line = written();
            assert_int_equal(str_find(line, '\n', 0), line.len - 1);
            assert_false(utf8_has_control(str_slice(line, 0, line.len - 1), false));
            if (format == LOG_FORMAT_TEXT)
                assert_true(str_ends(line, STR("\" after=1\n")));
            else if (utf8_valid(nasty[i]))
                assert_true(str_eq(json_value(line, "v"), nasty[i]));
            else
                assert_str(json_value(line, "after"), "1");
        }
}

/* Long values of every length around the limits: cut, whole JSON, the fields behind survive. */
static void long_values_are_cut(void **state)
{
    (void)state;
    static char many[6000];
    for (size_t i = 0; i + 3 <= sizeof many; i += 3)
        memcpy(many + i, "€", 3);
    log_init(ends[1], LOG_INFO, LOG_FORMAT_JSON);
    for (size_t n = 1000; n < 1060; n++) {
        log_event(LOG_INFO, "e", LOG_STR("v", str_of(many, n / 3 * 3)), LOG_INT("after", 7));
        struct str line = written();
        assert_str(json_value(line, "after"), "7");
        assert_int_equal(str_ends(json_value(line, "v"), STR("…")), n / 3 * 3 > 1024);
    }
    for (size_t first = 0; first < 1024; first++) {
        struct str v = str_of(many, sizeof many / 3 * 3);
        log_event(LOG_INFO, "e", LOG_STR("a", str_of(many, first / 3 * 3)), LOG_STR("b", v),
                  LOG_STR("c", v), LOG_STR("d", v), LOG_STR("f", v), LOG_INT("g", 1));
        json_value(written(), "a");
    }
}

static void a_why(void **state)
{
    (void)state;
    struct why why;
    err_set(&why, ERR_IO, "open it", "no");
    log_init(ends[1], LOG_INFO, LOG_FORMAT_JSON);
    log_why(LOG_ERROR, "cannot start", &why);
    struct str line = written();
    assert_true(str_ends(line, STR("\"op\":\"open it\",\"detail\":\"no\"}\n")));
    err_hint(&why, "Try.");
    log_why(LOG_ERROR, "cannot start", &why);
    assert_str(json_value(written(), "hint"), "Try.");
}

/* Nobody reads: lines are dropped, the caller goes on; then somebody does, and the gap is told. */
static void a_full_pipe(bool non_blocking)
{
    if (non_blocking)
        fcntl(ends[1], F_SETFL, O_NONBLOCK);
    log_init(ends[1], LOG_INFO, LOG_FORMAT_JSON);
    for (int i = 0; i < 5000; i++)
        log_event(LOG_INFO, "line", LOG_INT("n", i));
    struct str all = written(), line;
    int n = 0;
    for (; str_cut(&all, '\n', &line) && line.len; n++)
        assert_true(str_ends(line, STR("}")));
    assert_in_range(n, 100, 4999);
    log_event(LOG_INFO, "again");
    all = written();
    assert_true(str_cut(&all, '\n', &line));
    struct str gap = str_of(line.ptr, line.len + 1);
    char lost[16];
    snprintf(lost, sizeof lost, "%d", 5000 - n);
    assert_str(json_value(gap, "lines"), lost);
    assert_str(json_value(all, "event"), "again");
}

static void a_full_blocking_pipe(void **state)
{
    (void)state;
    a_full_pipe(false);
}

static void a_full_non_blocking_pipe(void **state)
{
    (void)state;
    a_full_pipe(true);
}

static void nobody_is_there(void **state)
{
    (void)state;
    log_init(ends[1], LOG_INFO, LOG_FORMAT_JSON);
    close(ends[0]); /* the reader went away: EPIPE and no signal */
    errno = 77;
    log_event(LOG_INFO, "x");
    assert_int_equal(errno, 77);
    close(ends[1]); /* the descriptor itself is gone: EBADF */
    log_event(LOG_INFO, "x");
    log_init(ends[1], LOG_INFO, LOG_FORMAT_AUTO); /* and was gone from the start */
    log_event(LOG_INFO, "x");
    assert_int_equal(pipe(ends), 0); /* another one is not told what these lost */
    log_init(ends[1], LOG_INFO, LOG_FORMAT_JSON);
    log_event(LOG_INFO, "y");
    assert_str(json_value(written(), "event"), "y");
}

/* A terminal hands a line over in as many pieces as it likes. */
static struct str read_line(int fd)
{
    size_t length = 0;
    while (length < sizeof got && !memchr(got, '\n', length)) {
        ssize_t n = read(fd, got + length, sizeof got - length);
        assert_true(n > 0);
        length += (size_t)n;
    }
    return str_of(got, length);
}

/* Colours on a terminal only, and only when they are wanted. */
static void a_terminal(void **state)
{
    (void)state;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(master >= 0);
    assert_int_equal(grantpt(master) | unlockpt(master), 0);
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    assert_true(terminal >= 0);
    static const struct {
        const char *no_color, *term;
        bool coloured;
    } rows[] = {{NULL, "xterm", true}, {"1", "xterm", false}, {NULL, "dumb", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        setenv("TERM", rows[i].term, 1);
        if (rows[i].no_color)
            setenv("NO_COLOR", rows[i].no_color, 1);
        else
            unsetenv("NO_COLOR");
        log_init(terminal, LOG_INFO, LOG_FORMAT_AUTO);
        log_event(LOG_ERROR, "red", LOG_INT("n", 1));
        struct str line = read_line(master);
        assert_int_equal(str_contains(line, STR("\033[31merror")), rows[i].coloured);
        assert_int_equal(str_contains(line, STR("\033")), rows[i].coloured);
        assert_true(str_contains(line, STR("red ")));
    }
    close(terminal);
    close(master);
}

enum { THREADS = 4, LINES = 500 };

static void *talk(void *number)
{
    for (int i = 0; i < LINES; i++)
        log_event(LOG_INFO, "talk", LOG_INT("thread", *(int *)number), LOG_INT("n", i),
                  LOG_TEXT("padding", "........................................................"));
    return NULL;
}

/* Every line of every thread arrives whole, and each thread's in its order. */
static void threads_do_not_mix(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    int numbers[THREADS], next[THREADS] = {0};
    char path[] = "/tmp/anteroom-log-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    unlink(path);
    log_init(file, LOG_INFO, LOG_FORMAT_JSON);
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, talk, &numbers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    ssize_t n = pread(file, got, sizeof got, 0);
    struct str all = str_of(got, (size_t)n), line;
    int lines = 0;
    for (; str_cut(&all, '\n', &line) && line.len; lines++) {
        struct str whole = str_of(line.ptr, line.len + 1);
        uint64_t thread, number;
        assert_true(str_to_u64(json_value(whole, "thread"), &thread) && thread < THREADS);
        assert_true(str_to_u64(json_value(whole, "n"), &number));
        assert_int_equal(number, next[thread]++);
    }
    assert_int_equal(lines, THREADS * LINES);
    close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_json_line, setup, teardown),
        cmocka_unit_test_setup_teardown(levels, setup, teardown),
        cmocka_unit_test_setup_teardown(a_text_line, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_breaks_the_line, setup, teardown),
        cmocka_unit_test_setup_teardown(long_values_are_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(a_why, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_blocking_pipe, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_non_blocking_pipe, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_is_there, setup, teardown),
        cmocka_unit_test_setup_teardown(a_terminal, setup, teardown),
        cmocka_unit_test_setup_teardown(threads_do_not_mix, setup, teardown),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
