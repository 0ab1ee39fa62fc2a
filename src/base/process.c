/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"

#include "base/clock.h"
#include "base/exposition.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static struct {
    char build[200]; /* labels */
    int memory;      /* /proc/self/statm */
    DIR *files;      /* /proc/self/fd */
    double began_s, files_max;
} process = {.memory = -1};

static void write_memory(struct exposition *x)
{
    char text[128];
    ssize_t n = pread(process.memory, text, sizeof text - 1, 0);
    if (n <= 0)
        return;
    text[n] = '\0';
    char *rest = text;
    double page = (double)sysconf(_SC_PAGESIZE);
    double all = (double)strtoull(rest, &rest, 10) * page;
    double resident = (double)strtoull(rest, &rest, 10) * page;
    exposition_gauge(x, "process_virtual_memory_bytes", "Virtual memory size in bytes.", all);
    exposition_gauge(x, "process_resident_memory_bytes", "Resident memory size in bytes.",
                     resident);
}

static void write_files(struct exposition *x)
{
    if (!process.files)
        return;
    unsigned n = 0;
    rewinddir(process.files);
    for (struct dirent *d; (d = readdir(process.files));)
        n += d->d_name[0] != '.';
    exposition_gauge(x, "process_open_fds", "Number of open file descriptors.", n);
    exposition_gauge(x, "process_max_fds", "Maximum number of open file descriptors.",
                     process.files_max);
}

static void write_process(struct exposition *x, void *context)
{
    (void)context;
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    exposition_family(x, "anteroom_build_info", EXPOSITION_INFO, "What this is.");
    exposition_count(x, process.build, 1);
    exposition_family(x, "process_cpu_seconds_total", EXPOSITION_COUNTER,
                      "Total user and system CPU time spent in seconds.");
    exposition_number(x, NULL, (double)used.tv_sec + (double)used.tv_nsec / 1e9);
    exposition_gauge(x, "process_start_time_seconds",
                     "Start time of the process since unix epoch in seconds.", process.began_s);
    write_memory(x);
    write_files(x);
}

void process_open(const char *version)
{
    struct utsname machine;
    struct rlimit limit;
    bool known = uname(&machine) == 0;
    snprintf(process.build, sizeof process.build, "version=\"%s\",arch=\"%s\"", version,
             known ? machine.machine : "");
    process.began_s = (double)clock_wall_ms() / 1000;
    process.memory = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    process.files = opendir("/proc/self/fd");
    process.files_max = getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (double)limit.rlim_cur : 0;
    exposition_source(write_process, &process);
}

void process_close(void)
{
    exposition_drop(&process);
    if (process.memory >= 0)
        close(process.memory);
    if (process.files)
        closedir(process.files);
    process.memory = -1;
    process.files = NULL;
}
