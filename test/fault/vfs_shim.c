/* SPDX-License-Identifier: Apache-2.0 */
#include "fault/vfs_shim.h"

#include "base/must.h"
#include "base/str.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <unistd.h>

enum { SECTOR = 512, PATHS_MAX = 16 };

/* A change that is not durable yet. */
struct piece {
    struct piece *next;
    bool truncate; /* to `at` bytes; otherwise n bytes at `at` */
    bool orphan;   /* its sync failed: it survives by luck only */
    int64_t at;
    size_t n;
    unsigned char bytes[SECTOR];
};

struct disk_file {
    char path[256];
    bool tracked; /* slot in use */
    bool durable; /* its name would survive */
    bool deleted; /* its name is gone, and would be back unless `durable` is false */
    unsigned char *image;
    int64_t size, cap;
    struct piece *first, **last;
};

struct shim_file {
    sqlite3_file base;
    struct disk_file *disk;
    sqlite3_file *real;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards everything below */
static struct disk_file files[PATHS_MAX];
static uint64_t changes, off_at = UINT64_MAX;
static bool off;
static struct {
    unsigned operations;
    uint64_t after, times;
    int code;
} fault;

static sqlite3_vfs *real_vfs;
static sqlite3_vfs shim_vfs;

uint64_t vfs_shim_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* ---- images and pieces ---------------------------------------------------------------------- */

static void image_resize(struct disk_file *d, int64_t size)
{
    if (size > d->cap) {
        d->cap = size * 2;
        d->image = realloc(d->image, (size_t)d->cap);
        must(d->image != NULL);
    }
    if (size > d->size)
        memset(d->image + d->size, 0, (size_t)(size - d->size));
    d->size = size;
}

static void image_apply(struct disk_file *d, const struct piece *p)
{
    if (p->truncate) {
        if (p->at < d->size)
            d->size = p->at;
        return;
    }
    if (p->at + (int64_t)p->n > d->size)
        image_resize(d, p->at + (int64_t)p->n);
    memcpy(d->image + p->at, p->bytes, p->n);
}

static void drop_pieces(struct disk_file *d)
{
    while (d->first) {
        struct piece *next = d->first->next;
        free(d->first);
        d->first = next;
    }
    d->last = &d->first;
}

static struct piece *add_piece(struct disk_file *d)
{
    struct piece *p = calloc(1, sizeof *p);
    must(p != NULL);
    *d->last = p;
    d->last = &p->next;
    return p;
}

static void add_write(struct disk_file *d, const void *bytes, size_t n, int64_t at)
{
    while (n) {
        size_t room = SECTOR - (size_t)(at % SECTOR), part = n < room ? n : room;
        struct piece *p = add_piece(d);
        p->at = at;
        p->n = part;
        memcpy(p->bytes, bytes, part);
        bytes = (const char *)bytes + part;
        at += (int64_t)part;
        n -= part;
    }
}

static bool overlap(const struct piece *a, const struct piece *b)
{
    if (a->truncate || b->truncate)
        return a->truncate && b->truncate;
    return a->at < b->at + (int64_t)b->n && b->at < a->at + (int64_t)a->n;
}

/* Orphans that newer durable bytes cover can no longer surface. */
static void drop_orphans_under(struct disk_file *d, const struct piece *newer)
{
    for (struct piece **p = &d->first; *p && *p != newer;) {
        struct piece *old = *p;
        if (old->orphan && overlap(old, newer)) {
            *p = old->next;
            free(old);
        } else {
            p = &old->next;
        }
    }
}

/* SQLite's unix VFS syncs the directory with the first sync of a new journal or log. */
static void sync_directory(void)
{
    for (size_t i = 0; i < PATHS_MAX; i++)
        files[i].durable = files[i].tracked && !files[i].deleted;
}

static void make_durable(struct disk_file *d)
{
    struct str path = str_from(d->path);
    if (!d->durable && (str_ends(path, STR("-wal")) || str_ends(path, STR("-journal"))))
        sync_directory();
    for (struct piece *p = d->first; p; p = p->next) {
        if (p->orphan)
            continue;
        image_apply(d, p);
        drop_orphans_under(d, p);
    }
    struct piece **p = &d->first;
    while (*p) {
        struct piece *old = *p;
        if (old->orphan) {
            p = &old->next;
            continue;
        }
        *p = old->next;
        free(old);
    }
    d->last = p;
}

static void make_orphans(struct disk_file *d)
{
    for (struct piece *p = d->first; p; p = p->next)
        p->orphan = true;
}

static struct disk_file *find_file(const char *path)
{
    for (size_t i = 0; i < PATHS_MAX; i++)
        if (files[i].tracked && strcmp(files[i].path, path) == 0)
            return &files[i];
    return NULL;
}

static struct disk_file *track(const char *path)
{
    struct disk_file *d = find_file(path);
    for (size_t i = 0; !d && i < PATHS_MAX; i++)
        if (!files[i].tracked)
            d = &files[i];
    must(d != NULL);
    if (d->tracked && !d->deleted)
        return d;
    /* New to us. What is there already has been there for long. */
    drop_pieces(d);
    free(d->image);
    *d = (struct disk_file){.tracked = true};
    d->last = &d->first;
    snprintf(d->path, sizeof d->path, "%s", path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        d->durable = true;
        off_t size = lseek(fd, 0, SEEK_END);
        image_resize(d, size);
        must(pread(fd, d->image, (size_t)size, 0) == size);
        close(fd);
    }
    return d;
}

/* ---- faults --------------------------------------------------------------------------------- */

/* SQLITE_OK when the operation may go on. With the lock held. */
static int step(unsigned operation, int code_when_off)
{
    if (operation & VFS_CHANGES) {
        changes++;
        if (!off && off_at != UINT64_MAX && off_at-- == 0)
            off = true;
        if (off)
            return code_when_off;
    }
    if (!(fault.operations & operation) || !fault.times)
        return SQLITE_OK;
    if (fault.after) {
        fault.after--;
        return SQLITE_OK;
    }
    if (fault.times != UINT64_MAX)
        fault.times--;
    return fault.code;
}

/* ---- the file's methods --------------------------------------------------------------------- */

#define SHIM(file) struct shim_file *f = (struct shim_file *)(file)

static int shim_close(sqlite3_file *file)
{
    SHIM(file);
    int rc = f->real->pMethods->xClose(f->real);
    sqlite3_free(f->real);
    return rc;
}

static int shim_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
    SHIM(file);
    pthread_mutex_lock(&lock);
    int rc = step(VFS_READ, SQLITE_IOERR_READ);
    pthread_mutex_unlock(&lock);
    return rc ? rc : f->real->pMethods->xRead(f->real, out, n, at);
}

static int shim_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
    SHIM(file);
    pthread_mutex_lock(&lock);
    bool was_off = off;
    int rc = step(VFS_WRITE, SQLITE_IOERR_WRITE);
    /* The write during which the power goes may still reach the disk in part. */
    if (f->disk && !was_off && (!rc || off))
        add_write(f->disk, bytes, (size_t)n, at);
    if (!rc)
        rc = f->real->pMethods->xWrite(f->real, bytes, n, at);
    pthread_mutex_unlock(&lock);
    return rc;
}

static int shim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    SHIM(file);
    pthread_mutex_lock(&lock);
    int rc = step(VFS_TRUNCATE, SQLITE_IOERR_TRUNCATE);
    if (!rc && f->disk) {
        struct piece *p = add_piece(f->disk);
        p->truncate = true;
        p->at = size;
    }
    if (!rc)
        rc = f->real->pMethods->xTruncate(f->real, size);
    pthread_mutex_unlock(&lock);
    return rc;
}

static int shim_sync(sqlite3_file *file, int flags)
{
    SHIM(file);
    (void)flags;
    pthread_mutex_lock(&lock);
    int rc = step(VFS_SYNC, SQLITE_IOERR_FSYNC);
    if (f->disk && !rc)
        make_durable(f->disk);
    else if (f->disk && !off)
        make_orphans(f->disk);
    pthread_mutex_unlock(&lock);
    return rc;
}

static int shim_control(sqlite3_file *file, int op, void *argument)
{
    SHIM(file);
    if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE ||
        op == SQLITE_FCNTL_MMAP_SIZE)
        return SQLITE_NOTFOUND;
    return f->real->pMethods->xFileControl(f->real, op, argument);
}

static int shim_size(sqlite3_file *file, sqlite3_int64 *size)
{
    SHIM(file);
    return f->real->pMethods->xFileSize(f->real, size);
}

static int shim_lock(sqlite3_file *file, int level)
{
    SHIM(file);
    return f->real->pMethods->xLock(f->real, level);
}

static int shim_unlock(sqlite3_file *file, int level)
{
    SHIM(file);
    return f->real->pMethods->xUnlock(f->real, level);
}

static int shim_reserved(sqlite3_file *file, int *out)
{
    SHIM(file);
    return f->real->pMethods->xCheckReservedLock(f->real, out);
}

static int shim_sector(sqlite3_file *file)
{
    (void)file;
    return SECTOR;
}

static int shim_device(sqlite3_file *file)
{
    SHIM(file);
    return f->real->pMethods->xDeviceCharacteristics(f->real);
}

static int shim_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    SHIM(file);
    return f->real->pMethods->xShmMap(f->real, page, size, extend, out);
}

static int shim_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    SHIM(file);
    return f->real->pMethods->xShmLock(f->real, offset, n, flags);
}

static void shim_shm_barrier(sqlite3_file *file)
{
    SHIM(file);
    f->real->pMethods->xShmBarrier(f->real);
}

static int shim_shm_unmap(sqlite3_file *file, int delete)
{
    SHIM(file);
    return f->real->pMethods->xShmUnmap(f->real, delete);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = shim_close,
    .xRead = shim_read,
    .xWrite = shim_write,
    .xTruncate = shim_truncate,
    .xSync = shim_sync,
    .xFileSize = shim_size,
    .xLock = shim_lock,
    .xUnlock = shim_unlock,
    .xCheckReservedLock = shim_reserved,
    .xFileControl = shim_control,
    .xSectorSize = shim_sector,
    .xDeviceCharacteristics = shim_device,
    .xShmMap = shim_shm_map,
    .xShmLock = shim_shm_lock,
    .xShmBarrier = shim_shm_barrier,
    .xShmUnmap = shim_shm_unmap,
};

/* ---- the VFS -------------------------------------------------------------------------------- */

static int shim_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out)
{
    (void)vfs;
    SHIM(file);
    *f = (struct shim_file){0};
    pthread_mutex_lock(&lock);
    int rc = step(VFS_OPEN, SQLITE_CANTOPEN);
    if (!rc && path)
        f->disk = track(path);
    pthread_mutex_unlock(&lock);
    if (rc)
        return rc;
    f->real = sqlite3_malloc(real_vfs->szOsFile);
    must(f->real != NULL);
    memset(f->real, 0, (size_t)real_vfs->szOsFile);
    rc = real_vfs->xOpen(real_vfs, path, f->real, flags, out);
    if (rc == SQLITE_OK) {
        f->base.pMethods = &methods;
        return rc;
    }
    sqlite3_free(f->real);
    if (f->disk && access(path, F_OK) != 0) {
        pthread_mutex_lock(&lock);
        f->disk->tracked = false;
        pthread_mutex_unlock(&lock);
    }
    return rc;
}

static int shim_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    (void)vfs;
    pthread_mutex_lock(&lock);
    int rc = step(VFS_DELETE, SQLITE_IOERR_DELETE);
    if (!rc) {
        rc = real_vfs->xDelete(real_vfs, path, 0);
        struct disk_file *d = find_file(path);
        if (d && rc == SQLITE_OK) {
            d->deleted = true;
            if (sync)
                d->durable = false;
        }
    }
    pthread_mutex_unlock(&lock);
    return rc;
}

void vfs_shim_install(void)
{
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
    real_vfs = sqlite3_vfs_find("unix");
    must(real_vfs != NULL);
    shim_vfs = *real_vfs;
    shim_vfs.zName = "shim";
    shim_vfs.szOsFile = (int)sizeof(struct shim_file);
    shim_vfs.xOpen = shim_open;
    shim_vfs.xDelete = shim_delete;
    must(sqlite3_vfs_register(&shim_vfs, 1) == SQLITE_OK);
}

void vfs_shim_reset(void)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < PATHS_MAX; i++) {
        drop_pieces(&files[i]);
        free(files[i].image);
        files[i] = (struct disk_file){0};
    }
    changes = 0;
    off = false;
    off_at = UINT64_MAX;
    fault.times = 0;
    pthread_mutex_unlock(&lock);
}

void vfs_shim_fail(unsigned operations, uint64_t after, uint64_t times, int code)
{
    pthread_mutex_lock(&lock);
    fault.operations = operations;
    fault.after = after;
    fault.times = times;
    fault.code = code;
    pthread_mutex_unlock(&lock);
}

void vfs_shim_power_off(uint64_t after)
{
    pthread_mutex_lock(&lock);
    off_at = after;
    pthread_mutex_unlock(&lock);
}

bool vfs_shim_is_off(void)
{
    pthread_mutex_lock(&lock);
    bool is = off;
    pthread_mutex_unlock(&lock);
    return is;
}

uint64_t vfs_shim_changes(void)
{
    pthread_mutex_lock(&lock);
    uint64_t n = changes;
    pthread_mutex_unlock(&lock);
    return n;
}

/* ---- the power loss ------------------------------------------------------------------------- */

static void survive(struct disk_file *d, uint64_t *random)
{
    /* How much of what was not synced reaches the disk differs: nothing, some, most, everything. */
    uint64_t per_mille = (uint64_t[]){0, 100, 500, 900, 990, 1000}[vfs_shim_random(random) % 6];
    bool there = d->deleted ? d->durable && vfs_shim_random(random) % 2
                            : d->durable || vfs_shim_random(random) % 2;
    for (struct piece *p = d->first; p; p = p->next)
        if (vfs_shim_random(random) % 1000 < per_mille)
            image_apply(d, p);
    unlink(d->path);
    if (!there)
        return;
    int fd = open(d->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(fd >= 0 && write(fd, d->image ? (const void *)d->image : "", (size_t)d->size) == d->size);
    close(fd);
}

void vfs_shim_power_loss(uint64_t seed)
{
    char shm[300];
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < PATHS_MAX; i++) {
        if (!files[i].tracked)
            continue;
        survive(&files[i], &seed);
        snprintf(shm, sizeof shm, "%.255s-shm", files[i].path);
        unlink(shm);
    }
    pthread_mutex_unlock(&lock);
    vfs_shim_reset();
}
