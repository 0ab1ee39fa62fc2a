/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole journeys: each client is a visitor who opens a connection (TLS, no resumption), asks for
 * the start page and the form, fills both steps, checks, sends, and reads the confirmation with its
 * Client ID; then closes, and comes again as somebody new.
 *
 * The loop is open: when each request is due stands in a timetable made before the first one. A
 * request that has to wait for a late answer is late itself, and its time counts from when it was
 * due, so a slow server cannot make itself look fast by being asked less (no coordinated omission).
 * The first request of a journey counts the connection and the handshake too.
 *
 *     client PORT CLIENTS SECONDS [JOURNEY-MS [FILE]]
 *     journeys 500 errors 0
 *     page 2500 p50 0.61 p99 2.20 max 5.10         ms; GET of a page on an open connection
 *     connect … step … send …                      first GET; POST of a step; POST that submits
 *
 * Every journey takes JOURNEY-MS (1000), its requests evenly spread, the clients' starts as well.
 * FILE gets every single time, "page 612" in microseconds, for percentiles over several runs.
 */
#include "bench/wire.h"

#include "base/buf.h"
#include "core/urlencoded.h"

enum { CLIENTS_MAX = 2000, ANSWER_MAX = 256 << 10, REQUEST_MAX = 8 << 10, COOKIE_MAX = 512 };

enum kind { KIND_CONNECT, KIND_PAGE, KIND_STEP, KIND_SEND, KINDS };

static const char *const kind_names[] = {"connect", "page", "step", "send"};

static const char *const company[][2] = {
    {"company_name", "Ångström & Söhne GmbH"},
    {"address", "Lindenstraße 12\r\n10969 Berlin"},
    {"industry", "software"},
    {"industry_other", ""},
    {"contact_name", "Ada Lovelace"},
    {"email", "ada@example.com"},
    {"phone", "+49 30 1234567"},
    {"company_size", "120"},
    {NULL, NULL},
};

static const char *const engagement[][2] = {
    {"service_type", "cloud_migration"},
    {"project_scope", "Move our order system to the cloud within the year.\r\nOne part after the "
                      "other, with a pipeline that our own people understand."},
    {"timeline", "not_sure"},
    {"budget_range", "not_sure"},
    {"notes", "Weekdays after ten."},
    {"consent", "yes"},
    {NULL, NULL},
};

static const char *const nothing[][2] = {{NULL, NULL}};

/* The journey, and what each answer has to be. */
static const struct {
    enum kind kind;
    const char *path;
    const char *const (*fields)[2]; /* NULL: GET */
    int status;
    const char *holds; /* in the head or the body */
} steps[] = {
    {KIND_CONNECT, "/", NULL, 200, "/apply/company"},
    {KIND_PAGE, "/apply/company", NULL, 200, "company_name"},
    {KIND_STEP, "/apply/company", company, 303, "/apply/engagement"},
    {KIND_PAGE, "/apply/engagement", NULL, 200, "project_scope"},
    {KIND_STEP, "/apply/engagement", engagement, 303, "/apply/check"},
    {KIND_PAGE, "/apply/check", NULL, 200, "Lindenstra"},
    {KIND_SEND, "/apply/check", nothing, 303, "/apply/done"},
    {KIND_PAGE, "/apply/done", NULL, 200, "CL-"},
};

enum { STEPS = sizeof steps / sizeof *steps };

enum phase { PHASE_RESTING, PHASE_SHAKING, PHASE_SENDING, PHASE_WAITING };

struct visitor {
    struct wire wire;
    enum phase phase;
    size_t step;
    int64_t due_us;    /* when this step's request should be sent */
    int64_t ending_us; /* of the timetable */
    int64_t pause_us;  /* between two requests */
    struct buf request, answer;
    struct str unsent;
    char cookie[COOKIE_MAX];
};

static struct visitor visitors[CLIENTS_MAX];
static uint16_t port;
static uint64_t journeys, errors;
static struct {
    int64_t *us;
    size_t n, cap;
} times[KINDS];

static void note_time(enum kind kind, int64_t us)
{
    if (times[kind].n == times[kind].cap) {
        times[kind].cap = times[kind].cap ? times[kind].cap * 2 : 4096;
        times[kind].us = realloc(times[kind].us, times[kind].cap * sizeof *times[kind].us);
        must(times[kind].us != NULL);
    }
    times[kind].us[times[kind].n++] = us;
}

static void write_request(struct visitor *v)
{
    struct buf body;
    buf_init(&body, REQUEST_MAX);
    const char *const(*fields)[2] = steps[v->step].fields;
    for (size_t i = 0; fields && fields[i][0]; i++) {
        if (i)
            buf_byte(&body, '&');
        urlencoded_escape(&body, str_from(fields[i][0]));
        buf_byte(&body, '=');
        urlencoded_escape(&body, str_from(fields[i][1]));
    }
    buf_clear(&v->request);
    buf_fmt(&v->request, "%s %s HTTP/1.1\r\nhost: localhost:%u\r\n", fields ? "POST" : "GET",
            steps[v->step].path, port);
    if (v->cookie[0])
        buf_fmt(&v->request, "cookie: %s\r\n", v->cookie);
    if (fields)
        buf_fmt(&v->request,
                "origin: https://localhost:%u\r\ncontent-length: %zu\r\n"
                "content-type: application/x-www-form-urlencoded\r\n",
                port, body.len);
    buf_str(&v->request, STR("\r\n"));
    buf_str(&v->request, buf_view(&body));
    must(buf_ok(&v->request));
    buf_release(&body);
    v->unsent = buf_view(&v->request);
}

/* The next journey of the timetable, whenever this one ended. */
static void rest(struct visitor *v)
{
    wire_close(&v->wire);
    v->due_us += (int64_t)(STEPS - v->step) * v->pause_us;
    v->step = 0;
    v->cookie[0] = '\0';
    v->phase = PHASE_RESTING;
}

static void give_up(struct visitor *v, const char *what)
{
    if (errors++ < 5)
        fprintf(stderr, "client: %s: %s\n%.*s\n", steps[v->step].path, what,
                (int)(v->answer.len < 2000 ? v->answer.len : 2000), v->answer.ptr);
    rest(v);
}

/* A header field's value, from a head whose names are compared without case; empty when none. */
static struct str field(struct str head, struct str name)
{
    struct str line;
    while (str_cut(&head, '\n', &line)) {
        size_t colon = str_find(line, ':', 0);
        if (colon < line.len && str_eq_nocase(str_slice(line, 0, colon), name))
            return str_trim(str_slice(line, colon + 1, line.len));
    }
    return STR("");
}

/* The length of the head with its empty line; 0 while it is not all there. */
static size_t head_length(struct str answer)
{
    const char *end = answer.len ? memmem(answer.ptr, answer.len, "\r\n\r\n", 4) : NULL;
    return end ? (size_t)(end - answer.ptr) + 4 : 0;
}

static bool holds(struct str answer, const char *text)
{
    return memmem(answer.ptr, answer.len, text, strlen(text)) != NULL;
}

/* Looks at what has come; true when the answer was whole. */
static bool take_answer(struct visitor *v)
{
    struct str all = buf_view(&v->answer);
    size_t head_len = head_length(all);
    if (!head_len)
        return false;
    struct str head = str_slice(all, 0, head_len);
    uint64_t length, status = 0;
    if (!str_to_u64(field(head, STR("content-length")), &length)) {
        give_up(v, "an answer without a length");
        return true;
    }
    if (all.len < head_len + length)
        return false;
    note_time(steps[v->step].kind, clock_monotonic_us() - v->due_us);
    struct str cookie = field(head, STR("set-cookie"));
    cookie = str_slice(cookie, 0, str_find(cookie, ';', 0));
    if (cookie.len && cookie.len < COOKIE_MAX)
        snprintf(v->cookie, sizeof v->cookie, "%.*s", STR_ARG(cookie));
    str_to_u64(str_slice(head, 9, 12), &status);
    if ((int)status != steps[v->step].status || !holds(all, steps[v->step].holds)) {
        give_up(v, "not the answer that was due");
        return true;
    }
    v->due_us += v->pause_us;
    v->phase = PHASE_RESTING;
    if (++v->step == STEPS) {
        journeys++;
        rest(v);
    }
    return true;
}

static void go_on(struct visitor *v)
{
    enum wire_state state = WIRE_DONE;
    if (v->phase == PHASE_SHAKING) {
        state = wire_handshake(&v->wire);
        if (state == WIRE_DONE)
            v->phase = PHASE_SENDING;
    }
    if (v->phase == PHASE_SENDING) {
        state = wire_send(&v->wire, &v->unsent);
        if (state == WIRE_DONE)
            v->phase = PHASE_WAITING;
    }
    while (v->phase == PHASE_WAITING && state == WIRE_DONE) {
        char bytes[16 << 10];
        size_t n;
        state = wire_receive(&v->wire, bytes, sizeof bytes, &n);
        buf_bytes(&v->answer, bytes, n);
        if (state == WIRE_DONE && take_answer(v))
            return;
    }
    if (state == WIRE_FAILED)
        give_up(v, "the connection broke off");
}

static void begin(struct visitor *v)
{
    write_request(v);
    buf_clear(&v->answer);
    v->phase = PHASE_SENDING;
    if (v->step == 0) {
        v->phase = PHASE_SHAKING;
        if (!wire_open(&v->wire, port, v)) {
            give_up(v, "no connection");
            return;
        }
    }
    go_on(v);
}

/* Sends what is due; how long until the next is, or -1 when all timetables are over. */
static int64_t send_due(size_t clients)
{
    int64_t next = INT64_MAX, now = clock_monotonic_us();
    bool busy = false;
    for (size_t i = 0; i < clients; i++) {
        struct visitor *v = &visitors[i];
        if (v->phase == PHASE_RESTING && v->step == 0 && v->due_us >= v->ending_us)
            continue;
        busy = true;
        if (v->phase == PHASE_RESTING && v->due_us <= now)
            begin(v);
        if (v->phase == PHASE_RESTING && v->due_us < next)
            next = v->due_us;
    }
    if (!busy)
        return -1;
    now = clock_monotonic_us();
    return next == INT64_MAX ? 1000000 : next > now ? next - now : 0;
}

static void run(size_t clients)
{
    struct epoll_event events[64];
    int64_t wait_us, moved = clock_monotonic_us();
    while ((wait_us = send_due(clients)) >= 0) {
        struct timespec wait = {wait_us / 1000000, wait_us % 1000000 * 1000};
        int n = epoll_pwait2(wire_epoll, events, 64, &wait, NULL);
        if (n > 0)
            moved = clock_monotonic_us();
        for (int i = 0; i < n; i++) {
            struct visitor *v = events[i].data.ptr;
            if (v->phase != PHASE_RESTING)
                go_on(v);
        }
        if (clock_monotonic_us() - moved > 30000000) {
            fputs("client: nothing has come for 30 seconds\n", stderr);
            exit(1);
        }
    }
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void report(enum kind kind, FILE *all)
{
    size_t n = times[kind].n;
    int64_t *us = times[kind].us;
    if (!n)
        return;
    qsort(us, n, sizeof *us, compare);
    for (size_t i = 0; all && i < n; i++)
        fprintf(all, "%s %lld\n", kind_names[kind], (long long)us[i]);
    printf("%s %zu p50 %.2f p99 %.2f max %.2f\n", kind_names[kind], n, (double)us[n / 2] / 1000,
           (double)us[n * 99 / 100] / 1000, (double)us[n - 1] / 1000);
}

int main(int argc, char **argv)
{
    uint64_t number[4] = {0, 0, 0, 1000}; /* port, clients, seconds, journey */
    bool right = argc >= 4 && argc <= 6;
    for (int i = 1; right && i < argc && i <= 4; i++)
        right = str_to_u64(str_from(argv[i]), &number[i - 1]) && number[i - 1];
    if (!right || number[0] > UINT16_MAX || number[1] > CLIENTS_MAX) {
        fputs("usage: client PORT CLIENTS SECONDS [JOURNEY-MS [FILE]]\n", stderr);
        return 2;
    }
    port = (uint16_t)number[0];
    wire_prepare();
    int64_t journey_us = (int64_t)number[3] * 1000, start = clock_monotonic_us() + 10000;
    for (size_t i = 0; i < number[1]; i++) {
        struct visitor *v = &visitors[i];
        v->wire.fd = -1;
        v->pause_us = journey_us / STEPS;
        v->due_us = start + journey_us * (int64_t)i / (int64_t)number[1];
        v->ending_us = v->due_us + (int64_t)number[2] * 1000000 - journey_us / 2;
        buf_init(&v->request, REQUEST_MAX);
        buf_init(&v->answer, ANSWER_MAX);
    }
    run(number[1]);
    printf("journeys %llu errors %llu\n", (unsigned long long)journeys, (unsigned long long)errors);
    FILE *all = argc == 6 ? fopen(argv[5], "we") : NULL;
    for (enum kind k = 0; k < KINDS; k++)
        report(k, all);
    if (argc == 6 && (!all || fclose(all))) {
        perror("client");
        return 1;
    }
    for (size_t i = 0; i < number[1]; i++) {
        buf_release(&visitors[i].request);
        buf_release(&visitors[i].answer);
    }
    for (enum kind k = 0; k < KINDS; k++)
        free(times[k].us);
    return errors != 0;
}
