/* SPDX-License-Identifier: Apache-2.0 */
#include "web/queue_told.h"

#include "web/request.h"
#include "web/say.h"

enum { COUNTS = 4 };

struct str queue_done_text(struct request *r, const struct records_change *change)
{
    return arena_fmt(&r->arena, "%u-%u-%u-%u", change->changed, change->stale + change->missing,
                     change->refused, change->same);
}

struct view_sentences queue_done(struct request *r, const struct queue *q)
{
    static const enum text texts[COUNTS] = {TEXT_QUEUE_CHANGED, TEXT_QUEUE_STALE,
                                            TEXT_QUEUE_REFUSED, TEXT_QUEUE_SAME};
    struct view_sentence *items = arena_new_array(&r->arena, struct view_sentence, COUNTS);
    struct str rest = q->url.done, part;
    size_t n = 0;
    for (int i = 0; i < COUNTS; i++) {
        uint64_t count;
        if (!str_cut(&rest, '-', &part) || !str_to_u64(part, &count) || count > RECORDS_MANY_MOST)
            return (struct view_sentences){items, 0};
        if (count)
            items[n++].text = say_count(r, texts[i], count);
    }
    return (struct view_sentences){items, rest.ptr ? 0 : n};
}

/* What somebody typed, in a sentence: kept from turning its direction (UAX #9, isolates). */
static struct str isolated(struct request *r, struct str text)
{
    return arena_fmt(&r->arena, "\xe2\x81\xa8%.*s\xe2\x81\xa9", STR_ARG(text));
}

struct view_sentences queue_told(struct request *r, const struct queue *q)
{
    static const enum text texts[SEARCH_TOLD_CODES] = {
        [SEARCH_TOLD_STATUS] = TEXT_QUEUE_TOLD_STATUS,
        [SEARCH_TOLD_OWNER] = TEXT_QUEUE_TOLD_OWNER,
        [SEARCH_TOLD_SERVICE] = TEXT_QUEUE_TOLD_SERVICE,
        [SEARCH_TOLD_DATE] = TEXT_QUEUE_TOLD_DATE,
        [SEARCH_TOLD_EMPTY] = TEXT_QUEUE_TOLD_EMPTY,
        [SEARCH_TOLD_SHORT] = TEXT_QUEUE_TOLD_SHORT,
        [SEARCH_TOLD_LONG] = TEXT_QUEUE_TOLD_LONG,
        [SEARCH_TOLD_MANY] = TEXT_QUEUE_TOLD_MANY,
        [SEARCH_TOLD_ID] = TEXT_QUEUE_TOLD_ID,
    };
    struct view_sentence *items =
        arena_new_array(&r->arena, struct view_sentence, q->query.told_n + 1);
    for (size_t i = 0; i < q->query.told_n; i++) {
        const struct search_told *told = &q->query.told[i];
        items[i].text = say_with(r, texts[told->code], "part", isolated(r, told->part));
    }
    return (struct view_sentences){items, q->query.told_n};
}
