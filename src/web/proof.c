/* SPDX-License-Identifier: Apache-2.0 */
#include "web/proof.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "config/config.h"
#include "net/peer.h"
#include "store/writer.h"
#include "web/challenge.h"
#include "web/rate.h"
#include "web/request.h"
#include "web/say.h"
#include "web/state.h"

/* 2^13 tries are about a second on a phone; each level doubles them. */
enum { BITS_BASE = 12, SECOND_MS = 1000, SECOND_US = 1000000 };

void proof_control(struct proof *p, struct str name, struct str value)
{
    if (str_eq(name, STR("_challenge")))
        p->token = value;
    if (str_eq(name, STR("_proof")))
        p->number = value;
}

/* Without an address of its own (a proxy's request about itself) all are one client. */
static struct ip client_of(const struct request *r)
{
    struct ip ip = {{0}};
    return request_client(r, &ip) ? peer_key(ip) : (struct ip){{0}};
}

static unsigned level_now(struct request *r)
{
    struct web *web = r->web;
    unsigned level = pressure_level(&web->pressure, writer_waiting(web->writer),
                                    (unsigned)web->config->limits_writer_queue, r->started_us);
    if (pressure_turns(&web->pressure, level))
        log_event(LOG_WARN, level ? "under pressure, new journeys prove work" : "pressure is over",
                  LOG_INT("level", level));
    return level == 0 && str_eq(web->config->form_challenge, STR("always")) ? 1 : level;
}

static void ask_for(struct request *r, struct proof *p, struct str token, const struct challenge *c,
                    int wait_s)
{
    struct ip client = client_of(r);
    p->ask = (struct view_challenge){
        .token = token.len ? token : challenge_token(&r->arena, r->web->link_key.bytes, &client, c),
        .bits = c->bits,
        .wait = (uint64_t)wait_s,
        .size = CHALLENGE_MESSAGE,
        .at_once = p->token.len == 0,
        .working = say(r, TEXT_CHALLENGE_WORKING),
        .longer = say(r, TEXT_CHALLENGE_LONGER),
        .sending = say(r, TEXT_CHALLENGE_SENDING),
        .ready = say(r, TEXT_CHALLENGE_READY),
    };
}

static struct challenge fresh(unsigned bits, unsigned wait_s)
{
    struct challenge c = {.bits = bits, .wait_s = wait_s, .issued_ms = clock_wall_ms()};
    random_bytes(c.random, sizeof c.random);
    return c;
}

/* The token came and is ours; what is still to wait, when it is not solved: 0, it counts now. */
static bool read_token(struct request *r, const struct proof *p, struct challenge *c)
{
    struct ip client = client_of(r);
    return p->token.len &&
           challenge_read(&r->arena, r->web->link_key.bytes, &client, p->token, clock_wall_ms(), c);
}

static int seconds_left(struct request *r, const struct challenge *c)
{
    int wait_s = challenge_wait_s(c, clock_wall_ms());
    if (wait_s)
        return wait_s;
    struct ip client = client_of(r);
    int64_t wait_us = rate_take(r->web->rate, RATE_WAIT, &client, r->started_us);
    return (int)((wait_us + SECOND_US - 1) / SECOND_US);
}

bool proof_is_enough(struct request *r, struct proof *p, bool begins)
{
    const struct config *config = r->web->config;
    if (str_eq(config->form_challenge, STR("off")))
        return true;
    struct challenge c;
    bool known = read_token(r, p, &c);
    if (begins && !known)
        pressure_count(&r->web->pressure, r->started_us);
    unsigned level = level_now(r);
    if (level == 0)
        return true;
    int wait_s = 0;
    if (known) {
        bool solved = challenge_is_solved(&c, p->token, p->number, clock_wall_ms());
        wait_s = solved ? 0 : seconds_left(r, &c);
        p->paid = wait_s == 0 && spent_take(r->web->spent, &c);
        if (p->paid)
            return true;
    }
    if (wait_s) {
        ask_for(r, p, p->token, &c, wait_s);
    } else {
        wait_s = (int)(config->form_challenge_wait / SECOND_MS);
        c = fresh(BITS_BASE + level, (unsigned)wait_s);
        ask_for(r, p, STR_EMPTY, &c, wait_s);
    }
    r->retry_s = wait_s;
    p->notice = say_count(r, TEXT_NOTICE_WAIT, (uint64_t)wait_s);
    return false;
}

void proof_keep(struct request *r, struct proof *p)
{
    struct challenge c;
    if (p->paid) {
        c = fresh(0, 0);
        ask_for(r, p, STR_EMPTY, &c, 0);
        p->ask.number = STR("0");
    } else if (read_token(r, p, &c)) {
        uint64_t n;
        ask_for(r, p, p->token, &c, challenge_wait_s(&c, clock_wall_ms()));
        p->ask.number = str_to_u64(p->number, &n) ? p->number : STR_EMPTY;
    }
}
