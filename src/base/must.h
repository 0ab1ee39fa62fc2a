/* SPDX-License-Identifier: Apache-2.0 */
/*
 * must(condition): what has to hold for the program to mean anything. Stays on in release builds;
 * when it fails the process prints where and aborts. Never for what a peer or an operator can
 * cause.
 */
#ifndef BASE_MUST_H
#define BASE_MUST_H

#define must(condition)                                                                            \
    do {                                                                                           \
        if (__builtin_expect(!(condition), 0))                                                     \
            must_failed(#condition, __FILE__, __LINE__);                                           \
    } while (0)

_Noreturn void must_failed(const char *condition, const char *file, int line);

#endif
