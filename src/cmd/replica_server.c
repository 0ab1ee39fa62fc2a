/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/replica_server.h"

#include "cmd/meter.h"
#include "core/json_memory.h"
#include "store/health.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <unistd.h>

enum { FILE_MAX = 64 * 1024 };

static const char op[] = "read what the server says of the replica";

static struct str text_at(yyjson_val *object, const char *key)
{
    yyjson_val *v = yyjson_obj_get(object, key);
    return yyjson_is_str(v) ? str_of(yyjson_get_str(v), yyjson_get_len(v)) : STR_EMPTY;
}

static int64_t number_at(yyjson_val *object, const char *key)
{
    return yyjson_get_sint(yyjson_obj_get(object, key));
}

static bool read_text(struct arena *a, struct str json, struct replica_server *out)
{
    yyjson_alc memory = json_memory(a);
    char *bytes = (char *)(uintptr_t)arena_str(a, json).ptr;
    yyjson_doc *doc = yyjson_read_opts(bytes, json.len, 0, &memory, NULL);
    yyjson_val *root = yyjson_doc_get_root(doc), *keeper = yyjson_obj_get(root, "keeper"),
               *drill = yyjson_obj_get(root, "drill");
    *out = (struct replica_server){
        .url = text_at(root, "url"),
        .time = text_at(root, "time"),
        .health = text_at(root, "health"),
        .safe = text_at(root, "safe"),
        .trouble = text_at(root, "trouble"),
        .keeper_trouble = text_at(keeper, "trouble"),
        .txid = number_at(root, "txid"),
        .lag_ms = number_at(root, "lag_ms"),
        .commits_waiting = number_at(root, "commits_waiting"),
        .backlog = number_at(root, "backlog_bytes"),
        .gap = number_at(keeper, "gap"),
        .drill_time = text_at(drill, "time"),
        .drill_trouble = text_at(drill, "trouble"),
        .drill_txid = number_at(drill, "txid"),
        .drill_ms = number_at(drill, "took_ms"),
    };
    out->there = out->url.len && out->time.len && out->health.len;
    return out->there;
}

enum err replica_server_read(struct arena *a, struct str data, struct replica_server *out,
                             struct why *why)
{
    char directory[PATH_MAX], path[PATH_MAX + 32], text[FILE_MAX];
    *out = (struct replica_server){0};
    snprintf(directory, sizeof directory, "%.*s", STR_ARG(data));
    snprintf(path, sizeof path, "%s/replica/status.json", directory);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? ERR_NONE
                   : err_set(why, ERR_IO, op, "%s: %s", path, err_errno(errno));
    ssize_t n = read(fd, text, sizeof text);
    close(fd);
    if (n < 0 || !read_text(a, str_of(text, (size_t)n), out))
        return err_set(why, ERR_DATA, op, "%s is not what a server writes", path);
    long server = 0;
    enum err e = health_served(directory, &server, why);
    out->running = server != 0;
    return e;
}

void replica_server_print(const struct replica_server *s)
{
    char size[24];
    if (!s->there)
        return;
    printf("%s %.*s:\n", s->running ? "The server says, since" : "The server, which ended, said at",
           STR_ARG(s->time));
    printf("  health    %.*s", STR_ARG(s->health));
    if (s->trouble.len)
        printf(": %.*s", STR_ARG(s->trouble));
    printf("\n  position  TXID %" PRId64 ", %.1f s behind, %" PRId64 " commits waiting, %s\n",
           s->txid, (double)s->lag_ms / 1000, s->commits_waiting,
           meter_size((uint64_t)s->backlog, size));
    if (s->safe.len)
        printf("  last put  %.*s\n", STR_ARG(s->safe));
    if (s->keeper_trouble.len)
        printf("  tidying   %.*s\n", STR_ARG(s->keeper_trouble));
    if (s->gap)
        printf("  GAP       no file has TXID %" PRId64 "\n", s->gap);
    if (!s->drill_time.len)
        printf("  drill     none yet\n");
    else if (s->drill_trouble.len)
        printf("  DRILL     at %.*s: %.*s\n", STR_ARG(s->drill_time), STR_ARG(s->drill_trouble));
    else
        printf("  drill     at %.*s: right up to TXID %" PRId64 ", in %.1f s\n",
               STR_ARG(s->drill_time), s->drill_txid, (double)s->drill_ms / 1000);
}

static void text_or_null(struct json *j, const char *key, struct str text)
{
    if (text.len)
        json_str(j, key, text);
    else
        json_null(j, key);
}

void replica_server_json(const struct replica_server *s, struct json *j, const char *key)
{
    if (!s->there) {
        json_null(j, key);
        return;
    }
    json_object(j, key);
    json_bool(j, "running", s->running);
    json_str(j, "time", s->time);
    json_str(j, "url", s->url);
    json_str(j, "health", s->health);
    text_or_null(j, "trouble", s->trouble);
    json_int(j, "txid", s->txid);
    json_int(j, "lag_ms", s->lag_ms);
    json_int(j, "commits_waiting", s->commits_waiting);
    json_int(j, "backlog_bytes", s->backlog);
    text_or_null(j, "safe", s->safe);
    text_or_null(j, "keeper_trouble", s->keeper_trouble);
    json_int(j, "gap", s->gap);
    json_object(j, "drill");
    text_or_null(j, "time", s->drill_time);
    json_bool(j, "ok", s->drill_time.len && !s->drill_trouble.len);
    text_or_null(j, "trouble", s->drill_trouble);
    json_int(j, "txid", s->drill_txid);
    json_int(j, "took_ms", s->drill_ms);
    json_end(j);
    json_end(j);
}
