/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox of a running server: what somebody who took it over could still do. Entered once,
 * when ports are taken and files are known, before any thread runs; every thread inherits it.
 *
 *     no new privileges, no capabilities, not dumpable (no core file, no debugger of the same user)
 *     Landlock      only the given files and folders, nothing executed, no TCP port taken, and only
 *                   the given ones called
 *     seccomp       only the system calls of sandbox_calls.c; no new processes, no new executable
 *                   memory, and sockets only when a port may be called. Calls that only an intruder
 *                   makes end the process.
 *
 * Each part stands alone: a kernel that lacks one still gets the others, and the report says what
 * is in force. Refused calls are logged by the kernel (audit). Under AddressSanitizer and
 * ThreadSanitizer there is none of it: their runtimes need what is refused here.
 */
#ifndef CMD_SANDBOX_H
#define CMD_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sandbox_path {
    const char
        *path;  /* a folder with all that is in it, or a file; one that is missing is no fault */
    bool write; /* else to read only */
};

/* For each part the words for log and reports; in_force is true when nothing is missing. */
struct sandbox_report {
    bool in_force;
    const char *privileges;
    char files[48];
    const char *calls;
};

/* TCP ports of others that may be called, name servers' besides; with none, nobody can be. */
struct sandbox_ports {
    const uint16_t *ports;
    size_t n;
};

void sandbox_enter(const struct sandbox_path *paths, size_t n, struct sandbox_ports ports,
                   struct sandbox_report *report);

/* The version of Landlock this kernel offers; 0: none. */
long sandbox_landlock(void);

/* The part of sandbox_calls.c: NULL, or why the filter is not in force. */
const char *sandbox_filter_calls(bool outgoing);

#endif
