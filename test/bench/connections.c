/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections and nothing else: full TLS 1.3 handshakes as fast as the server can, or many
 * connections that shake hands and then stay silent.
 *
 *     connections handshakes PORT AT-A-TIME SECONDS      12000 handshakes, 0 failed, 5.00 s
 *     connections idle PORT HOW-MANY                     10000 open, 0 failed
 *
 * "idle" keeps them until its standard input ends, and then says how many the server had closed.
 */
#include "bench/wire.h"

#include <poll.h>
#include <sys/resource.h>

enum { AT_A_TIME_MAX = 1024, IDLE_AT_A_TIME = 32 };

struct side {
    struct wire wire;
    bool busy;
};

static struct side sides[AT_A_TIME_MAX];
static size_t at_a_time;
static uint16_t port;
static uint64_t begun, limit, done, failed;
static int64_t deadline_us;
static int *kept; /* descriptors of idle connections, or NULL */

static void begin(struct side *s)
{
    s->busy = begun < limit && (!deadline_us || clock_monotonic_us() < deadline_us);
    if (!s->busy)
        return;
    begun++;
    if (!wire_open(&s->wire, port, s)) {
        failed++;
        s->busy = false;
    }
}

static void shake(struct side *s)
{
    enum wire_state state = wire_handshake(&s->wire);
    if (state == WIRE_WAIT)
        return;
    if (state == WIRE_FAILED)
        failed++;
    if (state == WIRE_DONE && kept) {
        must(epoll_ctl(wire_epoll, EPOLL_CTL_DEL, s->wire.fd, NULL) == 0);
        wire_forget_tls(&s->wire);
        kept[done] = s->wire.fd;
    } else {
        wire_close(&s->wire);
    }
    done += state == WIRE_DONE;
    begin(s);
}

static bool any_busy(void)
{
    for (size_t i = 0; i < at_a_time; i++)
        if (sides[i].busy)
            return true;
    return false;
}

static void run(void)
{
    struct epoll_event events[64];
    for (size_t i = 0; i < at_a_time; i++)
        begin(&sides[i]);
    while (any_busy()) {
        int n = epoll_wait(wire_epoll, events, 64, 10000);
        if (n == 0) {
            fputs("connections: the server does not answer any more\n", stderr);
            exit(1);
        }
        for (int i = 0; i < n; i++)
            if (((struct side *)events[i].data.ptr)->busy)
                shake(events[i].data.ptr);
    }
}

/* Every connection of ours is a descriptor. */
static void want_descriptors(uint64_t n)
{
    struct rlimit r = {.rlim_cur = n + 64, .rlim_max = n + 64}, now;
    getrlimit(RLIMIT_NOFILE, &now);
    if (now.rlim_cur >= r.rlim_cur)
        return;
    if (r.rlim_max < now.rlim_max)
        r.rlim_max = now.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &r)) {
        fprintf(stderr, "connections: %llu descriptors are not allowed here\n",
                (unsigned long long)n);
        exit(77);
    }
}

static void hold(void)
{
    char byte;
    uint64_t gone = 0;
    printf("%llu open, %llu failed\n", (unsigned long long)done, (unsigned long long)failed);
    fflush(stdout);
    while (read(0, &byte, 1) > 0)
        ;
    /* After the last ticket nothing may have come: readable means closed. */
    for (uint64_t i = 0; i < done; i++) {
        char bytes[4096];
        ssize_t n;
        while ((n = recv(kept[i], bytes, sizeof bytes, 0)) > 0)
            ;
        gone += n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
    }
    printf("%llu closed by the server\n", (unsigned long long)gone);
}

int main(int argc, char **argv)
{
    uint64_t number[2] = {0, 0}, where;
    bool idle = argc == 4 && str_eq(str_from(argv[1]), STR("idle"));
    bool handshakes = argc == 5 && str_eq(str_from(argv[1]), STR("handshakes"));
    if ((!idle && !handshakes) || !str_to_u64(str_from(argv[2]), &where) || where > UINT16_MAX ||
        !str_to_u64(str_from(argv[3]), &number[0]) ||
        (handshakes && !str_to_u64(str_from(argv[4]), &number[1])) || !number[0] ||
        (handshakes && number[0] > AT_A_TIME_MAX)) {
        fputs("usage: connections handshakes PORT AT-A-TIME SECONDS\n"
              "       connections idle PORT HOW-MANY\n",
              stderr);
        return 2;
    }
    port = (uint16_t)where;
    wire_prepare();
    if (idle) {
        want_descriptors(number[0]);
        limit = number[0];
        at_a_time = IDLE_AT_A_TIME;
        kept = calloc(number[0], sizeof *kept);
        must(kept != NULL);
        run();
        hold();
        free(kept);
        return 0;
    }
    int64_t start = clock_monotonic_us();
    limit = UINT64_MAX;
    at_a_time = number[0];
    deadline_us = start + (int64_t)number[1] * 1000000;
    run();
    printf("%llu handshakes, %llu failed, %.2f s\n", (unsigned long long)done,
           (unsigned long long)failed, (double)(clock_monotonic_us() - start) / 1e6);
    return 0;
}
