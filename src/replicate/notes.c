/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/notes.h"

#include "base/clock.h"
#include "base/text.h"
#include "replicate/ltx.h"

#include <time.h>

static const char op[] = "read the notes of a file of the replica";

static struct str number(struct arena *a, uint64_t n)
{
    unsigned char bytes[8];
    ltx_put_u64(bytes, n);
    return text_hex(a, str_of(bytes, sizeof bytes));
}

static bool to_number(struct str text, uint64_t *out)
{
    unsigned char bytes[8];
    bool right = text_unhex(text, bytes, sizeof bytes);
    if (right)
        *out = ltx_get_u64(bytes);
    return right;
}

static struct str time_text(struct arena *a, int64_t at_ms)
{
    time_t seconds = at_ms / 1000;
    struct tm tm;
    char day[32];
    gmtime_r(&seconds, &tm);
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm);
    return arena_fmt(a, "%s.%09lldZ", day, (long long)(at_ms % 1000 * 1000000));
}

/* "2026-11-21T09:30:00.125000000Z": in this very shape, as stock tools write it too. */
static bool to_time(struct str text, int64_t *out)
{
    static const char shape[] = "0000-00-00T00:00:00.000000000Z";
    if (text.len != sizeof shape - 1)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        if (shape[i] == '0' ? !digit : text.ptr[i] != shape[i])
            return false;
    }
    return clock_read_rfc3339(text, out) && *out >= 0;
}

/* "12-…": a number, and the hash that belongs to it. */
static struct str link_text(struct arena *a, uint64_t number, const struct audit_hash *hash)
{
    struct str digits = text_hex(a, str_of(hash->bytes, AUDIT_HASH_SIZE));
    return arena_fmt(a, "%llu-%.*s", (unsigned long long)number, STR_ARG(digits));
}

struct destination_notes notes_write(struct arena *a, const struct notes *notes)
{
    struct destination_notes out = {
        .items = {{STR("litestreamtimestamp"), time_text(a, notes->at_ms)},
                  {STR("writer"), arena_str(a, str_from(notes->writer))},
                  {STR("epoch"), arena_fmt(a, "%llu", (unsigned long long)notes->epoch)},
                  {STR("dbsum"), number(a, notes->dbsum)},
                  {STR("filesum"), number(a, notes->filesum)},
                  {STR("audit"), link_text(a, notes->audit.seq, &notes->audit.hash)}},
        .n = 6,
    };
    if (notes->erasure.number)
        out.items[out.n++] = (struct destination_note){
            STR("erasures"), link_text(a, notes->erasure.number, &notes->erasure.hash)};
    return out;
}

static struct str find(const struct destination_notes *from, struct str key)
{
    for (size_t i = 0; i < from->n; i++)
        if (str_eq(from->items[i].key, key))
            return from->items[i].value;
    return STR_EMPTY;
}

static bool to_writer(struct str text, char out[NOTES_WRITER_SIZE])
{
    unsigned char bytes[(NOTES_WRITER_SIZE - 1) / 2];
    if (!text_unhex(text, bytes, sizeof bytes))
        return false;
    memcpy(out, text.ptr, text.len);
    out[text.len] = '\0';
    return true;
}

static bool to_link(struct str text, uint64_t *number, struct audit_hash *hash)
{
    struct str digits;
    return str_cut(&text, '-', &digits) && str_to_u64(digits, number) &&
           text_unhex(text, hash->bytes, AUDIT_HASH_SIZE);
}

enum err notes_read(struct str name, const struct destination_notes *from, struct notes *out,
                    struct why *why)
{
    *out = (struct notes){0};
    struct str erasures = find(from, STR("erasures"));
    if (to_time(find(from, STR("litestreamtimestamp")), &out->at_ms) &&
        to_writer(find(from, STR("writer")), out->writer) &&
        str_to_u64(find(from, STR("epoch")), &out->epoch) &&
        to_number(find(from, STR("dbsum")), &out->dbsum) &&
        to_number(find(from, STR("filesum")), &out->filesum) &&
        to_link(find(from, STR("audit")), &out->audit.seq, &out->audit.hash) &&
        (erasures.len == 0 || to_link(erasures, &out->erasure.number, &out->erasure.hash)))
        return ERR_NONE;
    enum err e =
        err_set(why, ERR_DATA, op, "%.*s does not say who wrote it, and when", STR_ARG(name));
    err_hint(why, "Another program writes there, or somebody copied the files without their "
                  "metadata. Give this server a path of its own.");
    return e;
}
