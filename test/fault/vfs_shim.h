/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk that fails when told to, and loses power.
 *
 * vfs_shim_install puts a layer between SQLite and its unix VFS, as the default. Files are real;
 * beside each one the shim keeps what would have survived if the power had gone now: an image as of
 * the last xSync, and every write since, in pieces of a 512-byte sector. At the power loss each
 * piece survives or not, by a seed: writes are dropped, torn and reordered. As on Linux, a sync
 * that failed leaves its writes readable but never makes them durable, and the next sync that
 * succeeds says nothing about them.
 *
 * Also modelled: a file that was created and never synced may be gone, a deleted one back.
 * Not modelled: bits that rot, a disk that lies about a sync.
 *
 * Threads: any.
 */
#ifndef FAULT_VFS_SHIM_H
#define FAULT_VFS_SHIM_H

#include <stdbool.h>
#include <stdint.h>

/* What can be made to fail; each call of one of these is an operation that counts. */
enum {
    VFS_WRITE = 1,
    VFS_SYNC = 2,
    VFS_TRUNCATE = 4,
    VFS_DELETE = 8,
    VFS_OPEN = 16,
    VFS_READ = 32, /* counts only for vfs_shim_fail */
    VFS_CHANGES = VFS_WRITE | VFS_SYNC | VFS_TRUNCATE | VFS_DELETE
};

void vfs_shim_install(void);

/* Forgets all files and faults. No file may be open. */
void vfs_shim_reset(void);

/* Of the operations in the mask, `after` more succeed, then `times` fail with the SQLite code. */
void vfs_shim_fail(unsigned operations, uint64_t after, uint64_t times, int code);

/* The power goes during the change (VFS_CHANGES) that comes after `after` more. */
void vfs_shim_power_off(uint64_t after);
bool vfs_shim_is_off(void);

/* Changes since the reset. */
uint64_t vfs_shim_changes(void);

/* With all files closed: leaves on the disk what survived, and the power is back. */
void vfs_shim_power_loss(uint64_t seed);

/* The generator used here: splitmix64 (Steele, Lea, Flood 2014). */
uint64_t vfs_shim_random(uint64_t *state);

#endif
