/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/report.h"

#include "base/clock.h"
#include "base/json.h"
#include "replicate/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REPORT_MAX = 8192 };

static const char op[] = "write the state of the replica";

void report_init(struct report *r)
{
    buf_init(&r->last, REPORT_MAX);
}

void report_release(struct report *r)
{
    buf_release(&r->last);
}

static void put_time(struct json *j, const char *key, int64_t at_ms)
{
    char text[CLOCK_RFC3339_SIZE];
    if (at_ms)
        json_str(j, key, clock_rfc3339(at_ms, text));
    else
        json_null(j, key);
}

/* null, or what is wrong and what helps. */
static void put_trouble(struct json *j, const char *key, bool any, const struct why *why)
{
    char text[640];
    if (any)
        err_text(why, text, sizeof text);
    if (any)
        json_str(j, key, str_from(text));
    else
        json_null(j, key);
}

static void put_replicator(struct json *j, const struct replicator_state *r)
{
    static const char *const words[] = {
        [REPLICATOR_GOOD] = "good", [REPLICATOR_BEHIND] = "behind", [REPLICATOR_FENCED] = "fenced"};
    json_str(j, "health", str_from(words[r->health]));
    put_trouble(j, "trouble", r->health != REPLICATOR_GOOD, &r->trouble);
    json_int(j, "txid", (int64_t)r->position.txid);
    json_int(j, "epoch", (int64_t)r->position.epoch);
    json_str(j, "writer", str_from(r->position.writer));
    json_int(j, "commits_waiting", (int64_t)(r->seq_committed - r->seq_safe));
    json_int(j, "lag_ms", r->lag_ms);
    json_int(j, "backlog_bytes", (int64_t)r->backlog);
    put_time(j, "safe", r->safe_ms);
    json_int(j, "files_put", (int64_t)r->files);
    json_int(j, "bytes_put", (int64_t)r->bytes);
    json_int(j, "bytes_captured", (int64_t)r->captured);
    json_int(j, "images", (int64_t)r->images);
    json_int(j, "failures", (int64_t)r->failures);
}

static void put_drill(struct json *j, const struct keeper_drill *d)
{
    json_object(j, "drill");
    put_time(j, "time", d->at_ms);
    json_bool(j, "ok", d->at_ms && d->result == ERR_NONE);
    json_int(j, "txid", (int64_t)d->txid);
    json_int(j, "took_ms", d->took_ms);
    put_trouble(j, "trouble", d->at_ms && d->result, &d->why);
    json_end(j);
}

static void put_keeper(struct json *j, const struct keeper_state *k)
{
    json_array(j, "levels");
    for (unsigned l = 0; l <= LTX_LEVEL_SNAPSHOT; l++) {
        if (!k->levels[l].files)
            continue;
        json_object(j, NULL);
        json_int(j, "level", l);
        json_int(j, "files", (int64_t)k->levels[l].files);
        json_int(j, "bytes", (int64_t)k->levels[l].bytes);
        json_end(j);
    }
    json_end(j);
    json_object(j, "snapshot");
    json_int(j, "txid", (int64_t)k->snapshot_txid);
    put_time(j, "time", k->snapshot_ms);
    json_end(j);
    put_time(j, "oldest", k->oldest_ms);
    json_object(j, "keeper");
    put_trouble(j, "trouble", k->result != ERR_NONE, &k->trouble);
    json_int(j, "gap", (int64_t)k->gap);
    json_int(j, "healed", (int64_t)k->healed);
    json_int(j, "merges", (int64_t)k->merges);
    json_int(j, "deletions", (int64_t)k->deletions);
    json_int(j, "failures", (int64_t)k->failures);
    json_int(j, "bytes_put", (int64_t)k->put);
    json_int(j, "bytes_fetched", (int64_t)k->fetched);
    json_end(j);
    put_drill(j, &k->drill);
}

static enum err replace(const char *data, struct str head, struct str rest, struct why *why)
{
    char path[STAGE_PATH_MAX], part[STAGE_PATH_MAX];
    if (snprintf(path, sizeof path, "%s/replica/status.json", data) >= (int)sizeof path ||
        snprintf(part, sizeof part, "%s/replica/status.json.part", data) >= (int)sizeof part)
        return err_set(why, ERR_IO, op, "%s: the path is too long", data);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 && errno == ENOENT) { /* nothing was shipped yet */
        char folder[STAGE_PATH_MAX];
        snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(part, '/') - part), part);
        mkdir(folder, 0700);
        fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    }
    bool written = fd >= 0 && write(fd, head.ptr, head.len) == (ssize_t)head.len &&
                   write(fd, rest.ptr, rest.len) == (ssize_t)rest.len;
    int number = errno;
    if (fd >= 0)
        close(fd);
    if (written && rename(part, path) != 0) {
        number = errno;
        written = false;
    }
    return written ? ERR_NONE : err_set(why, ERR_IO, op, "%s: %s", part, err_errno(number));
}

enum err report_write(struct report *r, const char *data, struct str url,
                      const struct replicator_state *replicator, const struct keeper_state *keeper,
                      int64_t now_ms, struct why *why)
{
    struct buf now;
    struct json j;
    buf_init(&now, REPORT_MAX);
    json_init(&j, &now);
    json_object(&j, NULL);
    json_str(&j, "url", url);
    put_replicator(&j, replicator);
    put_keeper(&j, keeper);
    json_end(&j);
    buf_byte(&now, '\n');
    enum err e = ERR_NONE;
    if (!buf_ok(&now)) {
        e = err_set(why, ERR_INTERNAL, op, "it has more than %d bytes", REPORT_MAX);
    } else if (!str_eq(buf_view(&now), buf_view(&r->last))) {
        char time[CLOCK_RFC3339_SIZE], head[64];
        clock_rfc3339(now_ms, time);
        snprintf(head, sizeof head, "{\"time\":\"%s\",", time);
        e = replace(data, str_from(head), str_slice(buf_view(&now), 1, now.len), why);
        if (!e) {
            buf_clear(&r->last);
            buf_str(&r->last, buf_view(&now));
        }
    }
    buf_release(&now);
    return e;
}
