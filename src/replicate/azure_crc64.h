/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checksum that the Blob service compares with what arrived (x-ms-content-crc64): CRC-64/NVME,
 * polynomial 0xAD93D23594C93659, reflected (0x9A6C9329AC4BC9B5), initial value and final
 * exclusive-or all ones; the check value of "123456789" is AE8B14860A799888. In the header it is
 * base64 of its eight bytes, the lowest first. Threads: safe anywhere.
 *
 * Why not Content-MD5: MD5 would be in the program for this alone, and this one is quicker.
 */
#ifndef REPLICATE_AZURE_CRC64_H
#define REPLICATE_AZURE_CRC64_H

#include "base/arena.h"

/* The checksum of what crc is the checksum of (0: nothing yet), followed by n bytes. */
uint64_t azure_crc64(uint64_t crc, const void *bytes, size_t n);

struct str azure_crc64_text(struct arena *a, uint64_t crc);

#endif
