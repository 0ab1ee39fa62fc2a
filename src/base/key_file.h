/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key of our own in a file of the data directory: 32 random bytes as 64 hexadecimal digits, mode
 * 0600, made when it is first asked for. Complete or not there: it is written beside its place,
 * synced, then renamed.
 *
 * Errors: ERR_IO when the file cannot be read or made, ERR_CONFIG when it holds no key; each with
 * its remedy. One process at a time (the store's lock).
 */
#ifndef BASE_KEY_FILE_H
#define BASE_KEY_FILE_H

#include "base/err.h"

enum { KEY_FILE_SIZE = 32 };

/*
 * Reads the key, after making it when there is none. use is what it is for ("of the links"), lost
 * what happens when it is made anew ("the links that people have stop working").
 */
enum err key_file_open(const char *file, const char *use, const char *lost,
                       unsigned char key[KEY_FILE_SIZE], struct why *why);

#endif
