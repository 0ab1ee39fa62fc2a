/* SPDX-License-Identifier: Apache-2.0 */
#include "store/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* statfs(2) f_type values, from linux/magic.h and the file systems' own sources. */
static const struct {
    unsigned long magic;
    const char *name;
} network_file_systems[] = {
    {0x6969, "NFS"},       {0x517b, "SMB"},        {0xff534d42, "CIFS"},
    {0xfe534d42, "SMB2"},  {0x01021997, "9p"},     {0x65735546, "FUSE"},
    {0x00c36400, "Ceph"},  {0x5346414f, "AFS"},    {0x6b414653, "kAFS"},
    {0x73757245, "Coda"},  {0x0bd00bd0, "Lustre"}, {0x7461636f, "OCFS2"},
    {0x01161970, "GFS2"},  {0x47504653, "GPFS"},   {0x786f4256, "VirtualBox shared folder"},
    {0xaad7aaea, "PanFS"}, {0x19830326, "BeeGFS"}, {0x20030528, "OrangeFS"},
    {0x013111a8, "IBRIX"}, {0x61756673, "aufs"},
};

const char *directory_network_name(unsigned long magic)
{
    for (size_t i = 0; i < sizeof network_file_systems / sizeof *network_file_systems; i++)
        if (network_file_systems[i].magic == magic)
            return network_file_systems[i].name;
    return NULL;
}

enum err directory_prepare(const char *directory, struct why *why)
{
    static const char op[] = "use the data directory";
    if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
        enum err e = err_set(why, ERR_IO, op, "%s: %s", directory, err_errno(errno));
        err_hint(why, "Make it yourself and give it to this user, or choose another with --data.");
        return e;
    }
    struct stat st;
    if (stat(directory, &st) != 0)
        return err_set(why, ERR_IO, op, "%s: %s", directory, err_errno(errno));
    if (!S_ISDIR(st.st_mode)) {
        enum err e = err_set(why, ERR_IO, op, "%s is not a directory", directory);
        err_hint(why, "Choose a directory with --data.");
        return e;
    }
    struct statfs fs;
    if (statfs(directory, &fs) != 0)
        return err_set(why, ERR_IO, op, "%s: %s", directory, err_errno(errno));
    /* f_type is signed and sign-extends; the magic numbers are 32 bits. */
    const char *network = directory_network_name((unsigned long)fs.f_type & 0xffffffffu);
    if (network) {
        enum err e =
            err_set(why, ERR_IO, op, "%s is on a network file system (%s)", directory, network);
        err_hint(why, "SQLite loses data there. Use a disk of this machine, or a block volume "
                      "(Kubernetes: Azure Disk, not Azure Files).");
        return e;
    }
    if (access(directory, R_OK | W_OK | X_OK) != 0) {
        enum err e = err_set(why, ERR_IO, op, "%s: %s", directory, err_errno(errno));
        err_hint(why, "Make it writable for this user (id %u), or choose another with --data.",
                 (unsigned)geteuid());
        return e;
    }
    return ERR_NONE;
}

static enum err in_use(const char *directory, int fd, struct why *why)
{
    char text[24] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    struct str pid = str_trim(str_of(text, n > 0 ? (size_t)n : 0));
    enum err e = err_set(why, ERR_CONFLICT, "use the data directory",
                         "another anteroom (process %.*s) is using %s", pid.len ? (int)pid.len : 1,
                         pid.len ? pid.ptr : "?", directory);
    err_hint(why, "Stop it, or choose another directory with --data.");
    return e;
}

enum err directory_lock(const char *directory, int *fd_out, struct why *why)
{
    static const char op[] = "lock the data directory";
    char path[4096 + 8];
    snprintf(path, sizeof path, "%s/lock", directory);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        enum err e = err_set(why, ERR_IO, op, "%s: %s", path, err_errno(errno));
        err_hint(why, "Make the directory and its files writable for this user (id %u).",
                 (unsigned)geteuid());
        return e;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        enum err e = errno == EWOULDBLOCK
                         ? in_use(directory, fd, why)
                         : err_set(why, ERR_IO, op, "%s: %s", path, err_errno(errno));
        close(fd);
        return e;
    }
    /* For people and for the message above only: a full disk must not keep the service down. */
    char pid[24];
    int n = snprintf(pid, sizeof pid, "%d\n", (int)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)n, 0) != n)
        errno = 0;
    *fd_out = fd;
    return ERR_NONE;
}

enum err directory_sync(const char *directory, struct why *why)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    return failed ? err_set(why, ERR_IO, "sync the data directory", "%s: %s", directory,
                            err_errno(failed))
                  : ERR_NONE;
}
