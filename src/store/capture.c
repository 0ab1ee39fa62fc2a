/* SPDX-License-Identifier: Apache-2.0 */
#include "store/capture.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"

enum {
    LOG_HEAD = 32,
    HEAD_PAGE_SIZE = 8, /* offsets in the log's head */
    HEAD_SALT = 16,
    FRAME_DB_PAGES = 4, /* in a frame's head */
    FRAME_SALT = 8,
    PAGE_SIZE_MIN = 512,
    PAGE_SIZE_MAX = 65536
};

static uint32_t number(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static const unsigned char *frame(const struct commit *commit, size_t i)
{
    return commit->frames + i * (COMMIT_FRAME_HEAD + (size_t)commit->page_size);
}

uint32_t commit_page(const struct commit *commit, size_t i)
{
    return number(frame(commit, i));
}

const unsigned char *commit_data(const struct commit *commit, size_t i)
{
    return frame(commit, i) + COMMIT_FRAME_HEAD;
}

size_t commit_size(const struct commit *commit)
{
    return sizeof *commit + commit->frames_n * (COMMIT_FRAME_HEAD + (size_t)commit->page_size);
}

void commit_free(struct commit *commit)
{
    free(commit);
}

void capture_init(struct capture *c, const struct commit_sink *sink)
{
    *c = (struct capture){.sink = sink};
}

void capture_lose(struct capture *c)
{
    c->frames = 0;
    memset(c->salt, 0, sizeof c->salt);
    if (c->sink)
        c->sink->lost(c->sink->self);
}

/* What makes frames a commit: they are of this log, and the last one says so. */
static bool is_whole(const struct commit *commit, const unsigned char *salt)
{
    for (size_t i = 0; i < commit->frames_n; i++)
        if (memcmp(frame(commit, i) + FRAME_SALT, salt, 8) != 0 || commit_page(commit, i) == 0)
            return false;
    return number(frame(commit, commit->frames_n - 1) + FRAME_DB_PAGES) != 0;
}

/* NULL, with what is wrong, when the log does not hold what it should. */
static struct commit *read_log(struct capture *c, sqlite3_file *log, uint32_t log_pages,
                               const char **problem)
{
    unsigned char head[LOG_HEAD];
    if (log->pMethods->xRead(log, head, LOG_HEAD, 0) != SQLITE_OK) {
        *problem = "its head cannot be read";
        return NULL;
    }
    uint32_t page_size = number(head + HEAD_PAGE_SIZE);
    if (page_size < PAGE_SIZE_MIN || page_size > PAGE_SIZE_MAX) {
        *problem = "its head is not that of a log";
        return NULL;
    }
    if (memcmp(head + HEAD_SALT, c->salt, sizeof c->salt) != 0) { /* the log started over */
        memcpy(c->salt, head + HEAD_SALT, sizeof c->salt);
        c->frames = 0;
    }
    if (log_pages <= c->frames) {
        *problem = "it is shorter than it was";
        return NULL;
    }
    size_t n = log_pages - c->frames, frame_size = COMMIT_FRAME_HEAD + (size_t)page_size;
    struct commit *commit = malloc(sizeof *commit + n * frame_size);
    must(commit != NULL);
    *commit = (struct commit){.page_size = page_size, .frames_n = n};
    sqlite3_int64 from = LOG_HEAD + (sqlite3_int64)c->frames * (sqlite3_int64)frame_size;
    /* SQLite's own files take at most an int of bytes at a time. */
    for (size_t done = 0, part = (1u << 30) / frame_size; done < n; done += part) {
        size_t now = n - done < part ? n - done : part;
        if (log->pMethods->xRead(log, commit->frames + done * frame_size, (int)(now * frame_size),
                                 from + (sqlite3_int64)(done * frame_size)) != SQLITE_OK) {
            *problem = "its frames cannot be read";
            free(commit);
            return NULL;
        }
    }
    if (!is_whole(commit, c->salt)) {
        *problem = "its frames are not one commit";
        free(commit);
        return NULL;
    }
    commit->db_pages = number(frame(commit, n - 1) + FRAME_DB_PAGES);
    return commit;
}

void capture_commit(struct capture *c, sqlite3 *db, unsigned log_pages,
                    const struct commit_head *head)
{
    if (!c->sink)
        return;
    const char *problem = "SQLite has no handle of it";
    struct commit *commit = NULL;
    sqlite3_file *log = NULL;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log &&
        log->pMethods)
        commit = read_log(c, log, log_pages, &problem);
    if (!commit) {
        log_event(LOG_ERROR, "commit not captured", LOG_TEXT("log", problem));
        capture_lose(c);
        return;
    }
    c->frames = log_pages;
    commit->seq = ++c->seq;
    commit->at_ms = clock_wall_ms();
    commit->head = *head;
    c->sink->commit(c->sink->self, commit);
}
