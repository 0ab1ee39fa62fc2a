/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* ---- capabilities ------------------------------------------------------------------------------
 */

static bool set_capabilities(uint64_t effective, uint64_t permitted)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {
        {.effective = (uint32_t)effective, .permitted = (uint32_t)permitted},
        {.effective = (uint32_t)(effective >> 32), .permitted = (uint32_t)(permitted >> 32)},
    };
    return syscall(SYS_capset, &head, data) == 0;
}

static uint64_t permitted_capabilities(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};
    if (syscall(SYS_capget, &head, data) != 0)
        return 0;
    return data[0].permitted | (uint64_t)data[1].permitted << 32;
}

static bool all_reachable(const struct sandbox_path *paths, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (faccessat(AT_FDCWD, paths[i].path, paths[i].write ? R_OK | W_OK : R_OK, AT_EACCESS) !=
                0 &&
            errno == EACCES)
            return false;
    return true;
}

/*
 * root without capabilities is a user like any other: files of somebody else would be out of reach.
 * Then, and only then, the one that reaches them stays.
 */
static const char *drop_capabilities(const struct sandbox_path *paths, size_t n)
{
    const uint64_t reach = UINT64_C(1) << CAP_DAC_OVERRIDE;
    uint64_t had = permitted_capabilities();
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    for (int c = 0; c < 64; c++) /* EINVAL ends what this kernel knows; EPERM: not ours to drop */
        if (prctl(PR_CAPBSET_DROP, c, 0, 0, 0) != 0)
            break;
    if (!set_capabilities(0, had))
        return "capabilities kept: the kernel refuses to drop them";
    if (!all_reachable(paths, n) && (had & reach)) {
        set_capabilities(reach, reach);
        return "only CAP_DAC_OVERRIDE kept: files belong to another user than the server's";
    }
    set_capabilities(0, 0);
    return NULL;
}

/* ---- files --------------------------------------------------------------------------------------
 */

/* linux/landlock.h of newer kernels; by the version of the interface that brought them. */
enum {
    FS_V1 = (1 << 13) - 1,
    FS_REFER = 1 << 13,     /* 2 */
    FS_TRUNCATE = 1 << 14,  /* 3 */
    FS_IOCTL_DEV = 1 << 15, /* 5 */
    NET_CONNECT = 1 << 1,   /* 4 */
    NET_TCP = 3,            /* 4: bind and connect */
    RULE_NET_PORT = 2,      /* 4 */
    PORT_OF_NAMES = 53,     /* what does not fit a datagram is asked again over TCP */
    SCOPE_ALL = 3,          /* 6: abstract sockets, signals to others */
};

struct ruleset {
    uint64_t fs, net, scoped;
};

static struct ruleset what_is_handled(long abi)
{
    struct ruleset r = {.fs = FS_V1};
    r.fs |= abi >= 2 ? FS_REFER : 0;
    r.fs |= abi >= 3 ? FS_TRUNCATE : 0;
    r.fs |= abi >= 5 ? FS_IOCTL_DEV : 0;
    r.net = abi >= 4 ? NET_TCP : 0;
    r.scoped = abi >= 6 ? SCOPE_ALL : 0;
    return r;
}

static bool allow(int ruleset, const struct sandbox_path *p, uint64_t handled)
{
    const uint64_t file_read = LANDLOCK_ACCESS_FS_READ_FILE;
    const uint64_t file_write = LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE;
    const uint64_t folder_write = LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                  LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                  FS_REFER;
    int fd = open(p->path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return true; /* not there: nothing to allow */
    struct stat st;
    bool folder = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
    uint64_t rights = file_read | (folder ? LANDLOCK_ACCESS_FS_READ_DIR : 0);
    if (p->write)
        rights |= file_write | (folder ? folder_write : 0);
    struct landlock_path_beneath_attr rule = {.allowed_access = rights & handled, .parent_fd = fd};
    bool done = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    close(fd);
    return done;
}

static bool allow_port(int ruleset, uint16_t port)
{
    const struct {
        uint64_t allowed_access, port;
    } rule = {NET_CONNECT, port};
    return syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &rule, 0) == 0;
}

long sandbox_landlock(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi > 0 ? abi : 0;
}

/* The version in force; 0 when there is none. */
static long confine(const struct sandbox_path *paths, size_t n, struct sandbox_ports ports)
{
    long abi = sandbox_landlock();
    if (abi < 1)
        return 0;
    struct ruleset handled = what_is_handled(abi);
    size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled, size, 0);
    if (ruleset < 0)
        return 0;
    bool done = true;
    for (size_t i = 0; done && i < n; i++)
        done = allow(ruleset, &paths[i], handled.fs);
    for (size_t i = 0; done && handled.net && i < ports.n; i++)
        done = allow_port(ruleset, ports.ports[i]) && allow_port(ruleset, PORT_OF_NAMES);
    done = done && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return done ? abi : 0;
}

/* ---- all of it ----------------------------------------------------------------------------------
 */

void sandbox_enter(const struct sandbox_path *paths, size_t n, struct sandbox_ports ports,
                   struct sandbox_report *report)
{
    *report = (struct sandbox_report){.privileges = "off: this program is instrumented",
                                      .files = "off: this program is instrumented",
                                      .calls = "off: this program is instrumented"};
    if (SANITIZED)
        return;
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    const char *kept = drop_capabilities(paths, n);
    bool fixed = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    report->privileges = !fixed ? "new ones possible: the kernel lacks no_new_privs"
                         : kept ? kept
                                : "none";
    long abi = fixed ? confine(paths, n, ports) : 0;
    if (abi)
        snprintf(report->files, sizeof report->files, "Landlock %ld", abi);
    else
        snprintf(report->files, sizeof report->files, "off: the kernel has no Landlock");
    const char *missing =
        fixed ? sandbox_filter_calls(ports.n > 0) : "off: the kernel lacks no_new_privs";
    report->calls = missing ? missing : "seccomp";
    report->in_force = fixed && !kept && abi && !missing;
}
