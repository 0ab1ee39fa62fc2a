/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CRC-64/GO-ISO: the checksum of LTX files, and of the pages in them.
 *
 * Polynomial x^64 + x^4 + x^3 + x + 1 (ISO 3309), reflected (0xD800000000000000), initial value and
 * final exclusive-or all ones; the check value of "123456789" is B90956C775A41001. It finds damage,
 * not malice.
 *
 * Eight bytes a step by tables; where the processor multiplies without carries (PCLMULQDQ), 64
 * bytes a step by folding (Gopal and others, "Fast CRC Computation for Generic Polynomials Using
 * PCLMULQDQ Instruction", Intel 2009). Threads: safe anywhere.
 */
#ifndef REPLICATE_CRC64_H
#define REPLICATE_CRC64_H

#include <stddef.h>
#include <stdint.h>

/* The checksum of what crc is the checksum of (0: nothing yet), followed by n bytes. */
uint64_t crc64(uint64_t crc, const void *bytes, size_t n);

/* The same by tables alone, for tests and to compare with. */
uint64_t crc64_by_tables(uint64_t crc, const void *bytes, size_t n);

#endif
