/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/retention.h"

#include "base/must.h"

#define SECONDS(n) ((int64_t)(n)*1000)
#define MINUTES(n) SECONDS((n)*60)
#define DAYS(n)    MINUTES((n)*24 * 60)

const struct retention_rules retention_rules_default = {
    .levels = {{0, MINUTES(5)},
               {SECONDS(1), DAYS(1)},
               {SECONDS(10), DAYS(7)},
               {MINUTES(5), DAYS(30)}},
    .levels_n = 4,
    .settle_ms = SECONDS(1),
    .snapshot_ms = DAYS(1),
    .snapshot_size = 16 << 20,
    .all_ms = DAYS(7),
    .thin_ms = DAYS(7),
    .inputs_max = 400,
};

/* The files of one level, ascending by first and then by last TXID. */
struct level {
    const struct retention_file *files;
    size_t n;
    uint64_t end; /* the largest last TXID; 0: there are none */
};

struct view {
    struct arena *arena;
    const struct retention_rules *rules;
    struct level levels[LTX_LEVEL_SNAPSHOT + 1];
    const struct level *snapshots;
    int64_t now_ms;
    unsigned top;
};

int retention_order(const struct ltx_name *a, const struct ltx_name *b)
{
    if (a->level != b->level)
        return a->level < b->level ? -1 : 1;
    if (a->min_txid != b->min_txid)
        return a->min_txid < b->min_txid ? -1 : 1;
    return a->max_txid < b->max_txid ? -1 : a->max_txid > b->max_txid;
}

static void view_init(struct view *s, const struct retention_file *files, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct level *l = &s->levels[files[i].name.level];
        if (l->n++ == 0)
            l->files = &files[i];
        if (files[i].name.max_txid > l->end)
            l->end = files[i].name.max_txid;
    }
    s->snapshots = &s->levels[LTX_LEVEL_SNAPSHOT];
    s->top = s->rules->levels_n - 1;
}

/* The place of the first file that begins at txid or later. */
static size_t level_find(const struct level *l, uint64_t txid)
{
    size_t from = 0, to = l->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (l->files[middle].name.min_txid < txid)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* A file with this TXID in it; NULL: none. Files that overlap are next to each other, and few. */
static const struct retention_file *level_with(const struct level *l, uint64_t txid)
{
    enum { LOOK = 8 };
    size_t i = level_find(l, txid + 1);
    for (size_t looked = 0; i > 0 && looked < LOOK; i--, looked++)
        if (l->files[i - 1].name.max_txid >= txid)
            return &l->files[i - 1];
    return NULL;
}

static bool level_ends(const struct level *l, uint64_t txid)
{
    enum { LOOK = 8 };
    size_t i = level_find(l, txid + 1);
    for (size_t looked = 0; i > 0 && looked < LOOK; i--, looked++)
        if (l->files[i - 1].name.max_txid == txid)
            return true;
    return false;
}

/* Does a snapshot end with this TXID? (They all begin with 1: by their end they are sorted.) */
static bool snapshot_ends(const struct view *s, uint64_t txid)
{
    for (size_t i = s->snapshots->n; i > 0; i--) {
        uint64_t end = s->snapshots->files[i - 1].name.max_txid;
        if (end <= txid)
            return end == txid;
    }
    return false;
}

/* Does anything above `level` end with this TXID, so that the next one may begin a file there? */
static bool ends_above(const struct view *s, unsigned level, uint64_t txid)
{
    for (unsigned l = level + 1; l < LTX_LEVEL_SNAPSHOT; l++)
        if (level_ends(&s->levels[l], txid))
            return true;
    return snapshot_ends(s, txid);
}

/*
 * From files[first] on, each next one begins where the last one ended; where there is a choice, on
 * the way that goes furthest. The places, in the arena.
 */
static size_t *level_chain(struct arena *a, const struct level *l, size_t first, size_t *n)
{
    size_t rest = l->n - first;
    uint64_t *reach = arena_new_array(a, uint64_t, rest);
    size_t *next = arena_new_array(a, size_t, rest);
    for (size_t i = rest; i > 0; i--) {
        uint64_t end = l->files[first + i - 1].name.max_txid;
        reach[i - 1] = end;
        next[i - 1] = rest;
        for (size_t j = level_find(l, end + 1); j < l->n && l->files[j].name.min_txid == end + 1;
             j++)
            if (reach[j - first] > reach[i - 1]) {
                reach[i - 1] = reach[j - first];
                next[i - 1] = j - first;
            }
    }
    size_t best = 0;
    for (size_t i = 1;
         i < rest && l->files[first + i].name.min_txid == l->files[first].name.min_txid; i++)
        if (reach[i] > reach[best])
            best = i;
    size_t *places = arena_new_array(a, size_t, rest);
    *n = 0;
    for (size_t i = best; i < rest; i = next[i])
        places[(*n)++] = first + i;
    return places;
}

/* ---- merging -------------------------------------------------------------------------------- */

static void set_merge(struct view *s, struct retention_step *out, unsigned level,
                      const struct retention_file *base, const struct level *from,
                      const size_t *places, size_t n)
{
    out->kind = RETENTION_MERGE;
    out->files = arena_new_array(s->arena, const struct retention_file *, n + 1);
    if (base)
        out->files[out->n++] = base;
    for (size_t i = 0; i < n; i++)
        out->files[out->n++] = &from->files[places[i]];
    out->result = (struct ltx_name){.level = level,
                                    .min_txid = out->files[0]->name.min_txid,
                                    .max_txid = out->files[out->n - 1]->name.max_txid};
}

/* How many of the chain are of one span, and whether it is over. */
static size_t span_of(const struct view *s, unsigned level, const struct level *from,
                      const size_t *places, size_t n, bool *over)
{
    int64_t span_ms = s->rules->levels[level].span_ms;
    int64_t at_ms = from->files[places[0]].at_ms;
    int64_t span = at_ms / span_ms;
    size_t i = 1;
    for (; i < n && i < s->rules->inputs_max; i++) {
        const struct retention_file *f = &from->files[places[i]];
        if (f->at_ms / span_ms != span || snapshot_ends(s, f->name.min_txid - 1))
            break;
    }
    *over = i < n || i == s->rules->inputs_max ||
            s->now_ms >= (span + 1) * span_ms + s->rules->settle_ms ||
            s->now_ms < (span - 1) * span_ms; /* the clock was set back */
    return i;
}

/* Where what a level above does not have begins: right behind its end; or else, when files overlap
 * or some are missing, behind the end of any file above. from->n: nowhere. */
static size_t find_first(const struct view *s, const struct level *from, unsigned level,
                         uint64_t end)
{
    size_t exact = level_find(from, end + 1), i = exact;
    if (exact < from->n && from->files[exact].name.min_txid == end + 1)
        return exact;
    while (i > 0 && from->files[i - 1].name.max_txid > end)
        i--;
    for (; i < from->n; i++)
        if (from->files[i].name.max_txid > end &&
            ends_above(s, level, from->files[i].name.min_txid - 1))
            break;
    return i;
}

/* What level `to` lacks of the level below. */
static bool merge_into(struct view *s, unsigned to, struct retention_step *out)
{
    const struct level *from = &s->levels[to - 1];
    uint64_t end = s->snapshots->files[0].name.max_txid; /* of the oldest: what goes on from it */
    for (unsigned l = to; l < LTX_LEVEL_SNAPSHOT; l++)
        if (s->levels[l].end > end)
            end = s->levels[l].end;
    if (from->end <= end)
        return false;
    size_t first = find_first(s, from, to - 1, end);
    if (first == from->n) {
        if (s->snapshots->end < from->end) /* else a snapshot has all of it */
            out->gap = end + 1;
        return false;
    }
    size_t n;
    size_t *places = level_chain(s->arena, from, first, &n);
    bool over;
    size_t of_span = span_of(s, to, from, places, n, &over);
    if (over)
        set_merge(s, out, to, NULL, from, places, of_span);
    return over;
}

/* The first: TXID 1, or whatever there is from it on. */
static bool first_snapshot(struct view *s, struct retention_step *out)
{
    for (unsigned l = 0; l < LTX_LEVEL_SNAPSHOT; l++) {
        const struct level *from = &s->levels[l];
        size_t place = 0;
        if (from->n && from->files[0].name.min_txid == 1) {
            set_merge(s, out, LTX_LEVEL_SNAPSHOT, NULL, from, &place, 1);
            return true;
        }
        if (from->n)
            out->gap = 1;
    }
    return false;
}

static bool next_snapshot(struct view *s, struct retention_step *out)
{
    const struct retention_file *last = &s->snapshots->files[s->snapshots->n - 1];
    const struct level *from = &s->levels[s->top];
    size_t first = level_find(from, last->name.max_txid + 1), n;
    if (first == from->n || from->files[first].name.min_txid != last->name.max_txid + 1)
        return false;
    size_t *places = level_chain(s->arena, from, first, &n);
    uint64_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += from->files[places[i]].size;
    bool large = bytes > last->size && bytes > s->rules->snapshot_size;
    if (!large && s->now_ms - last->at_ms < s->rules->snapshot_ms)
        return false;
    if (n >= s->rules->inputs_max)
        n = s->rules->inputs_max - 1;
    set_merge(s, out, LTX_LEVEL_SNAPSHOT, last, from, places, n);
    return true;
}

/* ---- deleting ------------------------------------------------------------------------------- */

/* Do files of the top level lead past its end, or is it the only way there? */
static bool snapshot_passed(const struct view *s, const struct retention_file *f)
{
    const struct level *top = &s->levels[s->top];
    const struct retention_file *before = level_with(top, f->name.max_txid),
                                *after = level_with(top, f->name.max_txid + 1);
    return before && after;
}

/* Which snapshots stay, and from which on the replica can be restored (the result). */
static const struct retention_file *choose_snapshots(const struct view *s, bool *stays)
{
    const struct level *l = s->snapshots;
    const struct retention_file *base = NULL;
    int64_t oldest_ms = s->now_ms - s->rules->levels[s->top].keep_ms;
    for (size_t i = 0; i < l->n; i++) {
        const struct retention_file *f = &l->files[i];
        bool first =
            i == 0 || f->at_ms / s->rules->thin_ms != l->files[i - 1].at_ms / s->rules->thin_ms;
        stays[i] = i + 1 == l->n || first || f->at_ms >= s->now_ms - s->rules->all_ms ||
                   !snapshot_passed(s, f);
        if (stays[i] && (!base || f->at_ms <= oldest_ms))
            base = f;
    }
    must(base != NULL); /* there is at least one */
    for (size_t i = 0; i < l->n; i++)
        stays[i] = stays[i] && l->files[i].name.max_txid >= base->name.max_txid;
    return base;
}

/* Is f in what `above` has, for so long that nobody needs it alone? */
static bool is_covered(const struct view *s, const struct retention_file *f, int64_t keep_ms,
                       const struct retention_file *above)
{
    int64_t put_ms = s->now_ms - s->rules->levels[0].keep_ms;
    return above && above->at_ms < s->now_ms - keep_ms && above->put_ms < put_ms &&
           above->name.max_txid >= f->name.max_txid;
}

static bool is_needless(const struct view *s, const struct retention_file *f, uint64_t base)
{
    unsigned level = f->name.level;
    if (level == LTX_LEVEL_RAW && f->name.max_txid == s->levels[level].end)
        return false; /* who finds a slot free looks whether there are files behind it */
    if (f->name.max_txid <= base && f->name.min_txid > 1)
        return true;
    if (f->name.min_txid == 1) /* as shipped, with the whole database: a snapshot has it */
        return is_covered(s, f, s->rules->levels[0].keep_ms, &s->snapshots->files[0]);
    for (unsigned l = level + 1; l <= s->top; l++) {
        const struct retention_file *above = level_with(&s->levels[l], f->name.max_txid);
        if (above)
            return level_with(&s->levels[l], f->name.min_txid) &&
                   is_covered(s, f, s->rules->levels[level].keep_ms, above);
    }
    return false;
}

/* The newest of a level first: where they go one by one, what is left of a file's parts has no gap,
 * should it stay at that. Any order is safe. */
static bool deletable(struct view *s, struct retention_step *out)
{
    bool *stays = arena_new_array(s->arena, bool, s->snapshots->n);
    uint64_t base = choose_snapshots(s, stays)->name.max_txid;
    out->files = arena_new_array(s->arena, const struct retention_file *, RETENTION_DELETE_MAX);
    for (unsigned l = 0; l <= LTX_LEVEL_SNAPSHOT; l++)
        for (size_t i = s->levels[l].n; i > 0 && out->n < RETENTION_DELETE_MAX; i--) {
            const struct retention_file *f = &s->levels[l].files[i - 1];
            if (l == LTX_LEVEL_SNAPSHOT ? !stays[i - 1] : is_needless(s, f, base))
                out->files[out->n++] = f;
        }
    if (out->n)
        out->kind = RETENTION_DELETE;
    return out->n > 0;
}

void retention_next(struct arena *a, const struct retention_file *files, size_t n,
                    const struct retention_rules *rules, int64_t now_ms, struct retention_step *out)
{
    struct view s = {.arena = a, .rules = rules, .now_ms = now_ms};
    view_init(&s, files, n);
    *out = (struct retention_step){.kind = RETENTION_REST};
    if (s.snapshots->n == 0) {
        first_snapshot(&s, out);
        return;
    }
    for (unsigned l = 1; l <= s.top; l++)
        if (merge_into(&s, l, out))
            return;
    if (!next_snapshot(&s, out))
        deletable(&s, out);
}

int64_t retention_oldest_ms(const struct retention_file *files, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (files[i].name.level == LTX_LEVEL_SNAPSHOT)
            return files[i].at_ms;
    return 0;
}
