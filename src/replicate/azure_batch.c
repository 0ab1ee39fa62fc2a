/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/azure_batch.h"

#include "base/must.h"

enum { BOUNDARY_MAX = 70 }; /* RFC 2046 */

enum where { WHERE_BEFORE, WHERE_PART, WHERE_STATUS, WHERE_HEADERS, WHERE_TEXT, WHERE_END };

struct reader {
    struct azure_batch *out;
    size_t n, answered, parts;
    struct azure_batch_part part;
    uint64_t id;
    bool numbered;
    enum where where;
};

/* "multipart/mixed; boundary=…", quoted or not. Empty: it is something else. */
static struct str boundary_of(struct str type)
{
    struct str part = STR_EMPTY, name = STR_EMPTY;
    str_cut(&type, ';', &part);
    if (!str_eq_nocase(str_trim(part), STR("multipart/mixed")))
        return STR_EMPTY;
    while (str_cut(&type, ';', &part)) {
        str_cut(&part, '=', &name);
        if (!str_eq_nocase(str_trim(name), STR("boundary")))
            continue;
        part = str_trim(part);
        if (part.len >= 2 && str_starts(part, STR("\"")) && str_ends(part, STR("\"")))
            part = str_slice(part, 1, part.len - 1);
        return part.len <= BOUNDARY_MAX ? part : STR_EMPTY;
    }
    return STR_EMPTY;
}

/* "HTTP/1.1 404 The specified blob does not exist." 0: it is none. */
static int status_of(struct str line)
{
    struct str word = STR_EMPTY;
    uint64_t status = 0;
    str_cut(&line, ' ', &word);
    if (!str_starts(word, STR("HTTP/1.")) || !str_cut(&line, ' ', &word) || word.len != 3 ||
        !str_to_u64(word, &status) || status < 100 || status > 599)
        return 0;
    return (int)status;
}

static bool header(struct reader *r, struct str line)
{
    struct str name = STR_EMPTY;
    str_cut(&line, ':', &name);
    if (r->where == WHERE_HEADERS && str_eq_nocase(name, STR("x-ms-error-code")))
        r->part.code = str_trim(line);
    if (r->where != WHERE_PART || !str_eq_nocase(name, STR("Content-ID")))
        return true;
    bool again = r->numbered;
    r->numbered = true;
    return !again && str_to_u64(str_trim(line), &r->id) && r->id < r->n;
}

/* A part is at its end. */
static bool part_done(struct reader *r)
{
    if (r->where == WHERE_BEFORE)
        return true;
    struct azure_batch_part *to = r->numbered ? &r->out->parts[r->id] : &r->out->whole;
    bool fresh = r->part.status && to->status == 0;
    *to = r->part;
    r->answered += r->numbered;
    r->parts++;
    r->part = (struct azure_batch_part){0};
    r->numbered = false;
    return fresh;
}

static bool line_read(struct reader *r, struct str line)
{
    if (r->where == WHERE_STATUS) {
        r->part.status = status_of(line);
        r->where = WHERE_HEADERS;
        return r->part.status != 0;
    }
    if (r->where != WHERE_PART && r->where != WHERE_HEADERS)
        return true;
    if (line.len == 0) {
        r->where++; /* a blank line ends the headers of either kind */
        return true;
    }
    return header(r, line);
}

bool azure_batch_read(struct str type, struct str text, size_t n, struct azure_batch *out)
{
    struct reader r = {.out = out, .n = n};
    struct str line = STR_EMPTY;
    const struct str boundary = boundary_of(type);
    must(n <= AZURE_BATCH_MAX);
    *out = (struct azure_batch){0};
    if (boundary.len == 0)
        return false;
    while (r.where != WHERE_END && str_cut(&text, '\n', &line)) {
        line = str_slice(line, 0, line.len - str_ends(line, STR("\r")));
        struct str rest = str_slice(line, 2, line.len);
        bool ours = str_starts(line, STR("--")) && str_starts(rest, boundary);
        rest = str_trim(str_slice(rest, boundary.len, rest.len));
        if (!ours || (rest.len > 0 && !str_eq(rest, STR("--")))) {
            if (!line_read(&r, line))
                return false;
            continue;
        }
        if (!part_done(&r))
            return false;
        r.where = rest.len ? WHERE_END : WHERE_PART;
    }
    bool refused = out->whole.status && r.parts == 1;
    return r.where == WHERE_END && (refused || (r.answered == n && r.parts == n));
}
