/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data directory: there, ours alone, and on a disk of this machine.
 *
 * A network file system is refused because SQLite's locks and the order of its writes cannot be
 * trusted there: it would work for weeks and then lose data. A second process is refused by a lock
 * (flock) on the file `lock`, which holds the first one's process id; the kernel gives the lock
 * back when the process ends, however it ends. Private to store/.
 */
#ifndef STORE_DIRECTORY_H
#define STORE_DIRECTORY_H

#include "base/err.h"

/* Makes the directory (0700; its parent must exist) and checks that it can be used. */
enum err directory_prepare(const char *directory, struct why *why);

/* The name of the network file system with this statfs(2) magic, NULL for any other. */
const char *directory_network_name(unsigned long magic);

/* Takes the lock; *fd_out holds it until it is closed. */
enum err directory_lock(const char *directory, int *fd_out, struct why *why);

/* Makes renames and new files in the directory durable. */
enum err directory_sync(const char *directory, struct why *why);

#endif
