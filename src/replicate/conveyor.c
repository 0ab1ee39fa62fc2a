/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/conveyor.h"

#include "base/must.h"
#include "base/random.h"
#include "replicate/retry.h"

#include <pthread.h>
#include <stdlib.h>

static const char op[] = "fetch a file of the replica";

struct piece {
    unsigned char *bytes; /* CONVEYOR_PIECE of them, made when first needed */
    size_t n, wanted;     /* fewer than wanted: the item ends there */
    enum err e;
    struct why why;
    bool ready;
};

struct conveyor {
    const struct conveyor_item *items;
    size_t items_n;

    pthread_mutex_t lock; /* guards everything down to `pieces` */
    pthread_cond_t fetched, room;
    size_t item;         /* the piece that is to be fetched next: of this item */
    uint64_t from;       /* from this byte */
    uint64_t next, read; /* pieces given to threads, pieces read; at most AHEAD apart */
    bool closed;
    struct piece pieces[CONVEYOR_AHEAD]; /* number i is in i % AHEAD */

    /* The reader's alone. */
    size_t reading; /* items begun */
    uint64_t left;  /* bytes of it that are not read, if it is as large as the list says */
    size_t used;    /* bytes of the piece at hand that are read */
    bool ended;     /* a piece was shorter than wanted */

    struct destination *places[CONVEYOR_THREADS_MAX];
    pthread_t threads[CONVEYOR_THREADS_MAX];
    unsigned threads_n;
};

/* ---- fetching -------------------------------------------------------------------------------- */

struct order {
    struct piece *piece;
    struct str name;
    uint64_t from;
    size_t n;
};

/* The next piece for a thread to fetch; false when there are no more. */
static bool take_order(struct conveyor *c, struct order *out)
{
    pthread_mutex_lock(&c->lock);
    while (!c->closed && c->item < c->items_n && c->next - c->read >= CONVEYOR_AHEAD)
        pthread_cond_wait(&c->room, &c->lock);
    bool more = !c->closed && c->item < c->items_n;
    if (more) {
        const struct conveyor_item *item = &c->items[c->item];
        uint64_t n = item->size - c->from;
        *out = (struct order){.piece = &c->pieces[c->next++ % CONVEYOR_AHEAD],
                              .name = item->name,
                              .from = c->from,
                              .n = n < CONVEYOR_PIECE ? (size_t)n : CONVEYOR_PIECE};
        c->from += out->n;
        while (c->item < c->items_n && c->from == c->items[c->item].size) {
            c->item++;
            c->from = 0;
        }
    }
    pthread_mutex_unlock(&c->lock);
    return more;
}

static enum err take_bytes(void *context, const void *bytes, size_t n, struct why *why)
{
    struct order *order = context;
    struct piece *piece = order->piece;
    if (n > order->n - piece->n)
        return err_set(why, ERR_INTERNAL, op, "%.*s: more came than was asked for",
                       STR_ARG(order->name));
    memcpy(piece->bytes + piece->n, bytes, n);
    piece->n += n;
    return ERR_NONE;
}

static void fetch(struct conveyor *c, struct destination *place, struct order *order)
{
    struct piece *piece = order->piece;
    if (!piece->bytes)
        piece->bytes = malloc(CONVEYOR_PIECE);
    must(piece->bytes != NULL);
    piece->n = 0;
    piece->wanted = order->n;
    for (unsigned failures = 1;; failures++) {
        /* What came before the connection broke stays. */
        piece->e = destination_get(place, order->name, order->from + piece->n, order->n - piece->n,
                                   take_bytes, order, &piece->why);
        if (!err_is_temporary(piece->e) || failures == CONVEYOR_ATTEMPTS)
            break;
        uint64_t random;
        random_bytes(&random, sizeof random);
        if (!destination_pause(place, retry_wait_ms(failures, random, destination_retry_ms(place))))
            break;
    }
    pthread_mutex_lock(&c->lock);
    piece->ready = true;
    pthread_cond_signal(&c->fetched);
    pthread_mutex_unlock(&c->lock);
}

struct worker {
    struct conveyor *conveyor;
    struct destination *place;
};

static void *work(void *argument)
{
    struct worker worker = *(struct worker *)argument;
    free(argument);
    struct order order;
    while (take_order(worker.conveyor, &order))
        fetch(worker.conveyor, worker.place, &order);
    return NULL;
}

/* ---- reading --------------------------------------------------------------------------------- */

static void give_back(struct conveyor *c, struct piece *piece)
{
    c->used = 0;
    pthread_mutex_lock(&c->lock);
    piece->ready = false;
    c->read++;
    pthread_cond_broadcast(&c->room);
    pthread_mutex_unlock(&c->lock);
}

/* A list may say more than there is (destination.h): then the last pieces are short, or empty. */
static enum err read_piece(struct conveyor *c, struct piece *piece, void *out, size_t n,
                           size_t *got, struct why *why)
{
    if (piece->e) {
        if (why)
            *why = piece->why;
        return piece->e;
    }
    if (c->ended && piece->n)
        return err_set(why, ERR_DATA, op, "it became longer while it was read");
    *got = piece->n - c->used < n ? piece->n - c->used : n;
    memcpy(out, piece->bytes + c->used, *got);
    c->used += *got;
    c->left -= *got;
    if (c->used == piece->n) {
        c->left -= piece->wanted - piece->n;
        c->ended = piece->n < piece->wanted;
        give_back(c, piece);
    }
    return ERR_NONE;
}

static enum err read_some(void *from, void *out, size_t n, size_t *got, struct why *why)
{
    struct conveyor *c = from;
    enum err e = ERR_NONE;
    *got = 0;
    while (!e && *got == 0 && c->left > 0) {
        struct piece *piece = &c->pieces[c->read % CONVEYOR_AHEAD];
        pthread_mutex_lock(&c->lock);
        while (!piece->ready)
            pthread_cond_wait(&c->fetched, &c->lock);
        pthread_mutex_unlock(&c->lock);
        e = read_piece(c, piece, out, n, got, why);
    }
    return e;
}

struct ltx_source conveyor_next(struct conveyor *c)
{
    must(c->left == 0 && c->reading < c->items_n);
    c->left = c->items[c->reading++].size;
    c->ended = false;
    return (struct ltx_source){.read = read_some, .from = c};
}

/* ---- life ------------------------------------------------------------------------------------ */

static enum err start(struct conveyor *c, const struct destination_options *options,
                      struct why *why)
{
    unsigned i = c->threads_n;
    enum err e = destination_open(options, &c->places[i], why);
    if (e)
        return e;
    struct worker *worker = malloc(sizeof *worker);
    must(worker != NULL);
    *worker = (struct worker){.conveyor = c, .place = c->places[i]};
    int failed = pthread_create(&c->threads[i], NULL, work, worker);
    if (failed) {
        free(worker);
        destination_free(c->places[i]);
        return err_set(why, ERR_IO, op, "no thread for it: %s", err_errno(failed));
    }
    c->threads_n++;
    return ERR_NONE;
}

enum err conveyor_open(const struct destination_options *options, unsigned threads,
                       const struct conveyor_item *items, size_t n, struct conveyor **out,
                       struct why *why)
{
    struct conveyor *c = calloc(1, sizeof *c);
    must(c != NULL && threads > 0 && threads <= CONVEYOR_THREADS_MAX);
    c->items = items;
    c->items_n = n;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->fetched, NULL);
    pthread_cond_init(&c->room, NULL);
    while (c->item < n && items[c->item].size == 0)
        c->item++;
    enum err e = ERR_NONE;
    while (!e && c->threads_n < threads && c->threads_n < n + items[0].size / CONVEYOR_PIECE)
        e = start(c, options, why);
    *out = e ? NULL : c;
    if (e)
        conveyor_close(c);
    return e;
}

void conveyor_close(struct conveyor *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->closed = true;
    pthread_cond_broadcast(&c->room);
    pthread_mutex_unlock(&c->lock);
    for (unsigned i = 0; i < c->threads_n; i++)
        destination_stop(c->places[i]);
    for (unsigned i = 0; i < c->threads_n; i++) {
        pthread_join(c->threads[i], NULL);
        destination_free(c->places[i]);
    }
    for (size_t i = 0; i < CONVEYOR_AHEAD; i++)
        free(c->pieces[i].bytes);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->fetched);
    pthread_cond_destroy(&c->room);
    free(c);
}
