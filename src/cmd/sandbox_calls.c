/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which system calls a running server makes: a table, turned into a program for the kernel's packet
 * filter (seccomp(2), linux/filter.h). A call that is not in it gets ENOSYS, as on an older kernel,
 * which every library knows how to live with: glibc asks clone3, whose flags a filter cannot see,
 * and falls back to clone. The kernel remembers what is always allowed, so rows cost nothing.
 */
#include "cmd/sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define X32_CALLS    0x40000000 /* from here on: the same machine's other numbering */
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0 /* no filter */
#endif

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41 /* glibc names its mappings */
#endif

/* x86-64's older calls, which later machines never had. */
#ifdef SYS_open
#define OLDER(name) SYS_##name
#else
#define OLDER(name) (-1)
#endif

static const int allowed[] = {
    /* connections and waiting */
    SYS_read,
    SYS_write,
    SYS_readv,
    SYS_writev,
    SYS_recvfrom,
    SYS_sendto,
    SYS_recvmsg,
    SYS_sendmsg,
    SYS_accept,
    SYS_accept4,
    SYS_close,
    SYS_shutdown,
    SYS_getsockname,
    SYS_getpeername,
    SYS_getsockopt,
    SYS_setsockopt,
    SYS_epoll_ctl,
    SYS_epoll_pwait,
    SYS_epoll_create1,
    SYS_epoll_pwait2,
    SYS_eventfd2,
    SYS_pipe2,
    SYS_ppoll,
    OLDER(epoll_wait),
    OLDER(epoll_create),
    OLDER(poll),
    OLDER(pipe),
    /* files */
    SYS_openat,
    SYS_pread64,
    SYS_pwrite64,
    SYS_fstat,
    SYS_newfstatat,
    SYS_statx,
    SYS_lseek,
    SYS_fsync,
    SYS_fdatasync,
    SYS_ftruncate,
    SYS_fallocate,
    SYS_fcntl,
    SYS_flock,
    SYS_getcwd,
    SYS_getdents64,
    SYS_faccessat,
    SYS_faccessat2,
    SYS_readlinkat,
    SYS_unlinkat,
    SYS_renameat,
    SYS_renameat2,
    SYS_linkat,
    SYS_mkdirat,
    SYS_fchmod,
    SYS_fchown,
    SYS_statfs,
    SYS_fstatfs,
    SYS_umask,
    SYS_utimensat,
    SYS_dup,
    SYS_dup3,
    OLDER(open),
    OLDER(stat),
    OLDER(lstat),
    OLDER(access),
    OLDER(readlink),
    OLDER(unlink),
    OLDER(rename),
    OLDER(link),
    OLDER(mkdir),
    OLDER(rmdir),
    OLDER(dup2),
    /* memory */
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_msync,
    SYS_mincore,
    SYS_membarrier,
    /* threads, time, signals */
    SYS_futex,
    SYS_set_robust_list,
    SYS_rseq,
    SYS_set_tid_address,
    SYS_gettid,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_exit,
    SYS_exit_group,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_gettimeofday,
    SYS_restart_syscall,
    SYS_rt_sigprocmask,
    SYS_rt_sigaction,
    SYS_rt_sigreturn,
    SYS_rt_sigtimedwait,
    SYS_sigaltstack,
    OLDER(time),
    /* who and where we are */
    SYS_getrandom,
    SYS_getpid,
    SYS_getppid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_uname,
    SYS_sysinfo,
    SYS_getrusage,
    SYS_getcpu,
    OLDER(getrlimit),
};

/* Allowed when (argument & mask) == value; several rows of one call are alternatives. */
static const struct condition {
    int call;
    unsigned argument;
    uint32_t mask, value;
} conditions[] = {
    {SYS_mmap, 2, PROT_EXEC, 0},
    {SYS_mprotect, 2, PROT_EXEC, 0},
    {SYS_clone, 0, CLONE_THREAD, CLONE_THREAD},
    {SYS_ioctl, 1, UINT32_MAX, FIONBIO},
    {SYS_ioctl, 1, UINT32_MAX, FIONREAD},
    {SYS_ioctl, 1, UINT32_MAX, FIOCLEX},
    {SYS_ioctl, 1, UINT32_MAX, TCGETS}, /* isatty */
    {SYS_prctl, 0, UINT32_MAX, PR_SET_NAME},
    {SYS_prctl, 0, UINT32_MAX, PR_SET_VMA},
    {SYS_prlimit64, 2, UINT32_MAX, 0}, /* to read */
};

/* And when somebody may be called: sockets of the internet's families, for requests and names. */
static const struct condition outgoing_conditions[] = {
    {SYS_socket, 0, UINT32_MAX, AF_INET},
    {SYS_socket, 0, UINT32_MAX, AF_INET6},
    {SYS_connect, 0, 0, 0},
};

/* What no part of a server ever asks for: the process ends, and the kernel's log says why. */
static const int deadly[] = {
    SYS_execve,
    SYS_execveat,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_bpf,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_unshare,
    SYS_setns,
    SYS_setuid,
    SYS_setgid,
    SYS_setreuid,
    SYS_setregid,
    SYS_setresuid,
    SYS_setresgid,
    SYS_setgroups,
    SYS_capset,
    SYS_add_key,
    SYS_request_key,
    SYS_keyctl,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_perf_event_open,
    SYS_memfd_create,
    SYS_open_by_handle_at,
    SYS_pidfd_getfd,
    SYS_personality,
    SYS_reboot,
    SYS_swapon,
    SYS_syslog,
};

enum {
    ALLOWED = sizeof allowed / sizeof *allowed,
    CONDITIONS = sizeof conditions / sizeof *conditions,
    OUTGOING = sizeof outgoing_conditions / sizeof *outgoing_conditions,
    DEADLY = sizeof deadly / sizeof *deadly,
    PROGRAM_MAX = 8 + 2 * (ALLOWED + DEADLY) + 7 * (CONDITIONS + OUTGOING + 1),
};

struct program {
    struct sock_filter steps[PROGRAM_MAX];
    unsigned short n;
};

static void step(struct program *p, unsigned code, uint32_t k, unsigned if_true, unsigned if_false)
{
    p->steps[p->n++] = (struct sock_filter){
        .code = (uint16_t)code, .jt = (uint8_t)if_true, .jf = (uint8_t)if_false, .k = k};
}

static void load(struct program *p, size_t offset)
{
    step(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void answer(struct program *p, uint32_t action)
{
    step(p, BPF_RET | BPF_K, action, 0, 0);
}

/* With the call's number loaded: this call gets that action. */
static void decide(struct program *p, int call, uint32_t action)
{
    if (call < 0)
        return;
    step(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 1);
    answer(p, action);
}

/* Ends with the number loaded again. Only the lower half of an argument: the flags we look at lie
 * there, on machines that store it first. */
static void decide_if(struct program *p, const struct condition *c)
{
    step(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)c->call, 0, 5);
    load(p, offsetof(struct seccomp_data, args) + sizeof(uint64_t) * c->argument);
    step(p, BPF_ALU | BPF_AND | BPF_K, c->mask, 0, 0);
    step(p, BPF_JMP | BPF_JEQ | BPF_K, c->value, 0, 1);
    answer(p, SECCOMP_RET_ALLOW);
    load(p, offsetof(struct seccomp_data, nr));
}

static void compile(struct program *p, bool outgoing)
{
    load(p, offsetof(struct seccomp_data, arch));
    step(p, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    answer(p, SECCOMP_RET_KILL_PROCESS);
    load(p, offsetof(struct seccomp_data, nr));
#ifdef X32_CALLS
    step(p, BPF_JMP | BPF_JGE | BPF_K, X32_CALLS, 0, 1);
    answer(p, SECCOMP_RET_KILL_PROCESS);
#endif
    for (size_t i = 0; i < ALLOWED; i++)
        decide(p, allowed[i], SECCOMP_RET_ALLOW);
    for (size_t i = 0; i < CONDITIONS; i++)
        decide_if(p, &conditions[i]);
    for (size_t i = 0; outgoing && i < OUTGOING; i++)
        decide_if(p, &outgoing_conditions[i]);
    /* abort() sends itself a signal; nobody else gets one. */
    decide_if(p, &(struct condition){SYS_tgkill, 0, UINT32_MAX, (uint32_t)getpid()});
    for (size_t i = 0; i < DEADLY; i++)
        decide(p, deadly[i], SECCOMP_RET_KILL_PROCESS);
    answer(p, SECCOMP_RET_ERRNO | ENOSYS);
}

const char *sandbox_filter_calls(bool outgoing)
{
    if (!ARCHITECTURE)
        return "off: no table of system calls for this processor";
    struct program p = {.n = 0};
    compile(&p, outgoing);
    const struct sock_fprog filter = {.len = p.n, .filter = p.steps};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_LOG, &filter) != 0 &&
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0)
        return "off: the kernel refuses seccomp filters";
    return NULL;
}
