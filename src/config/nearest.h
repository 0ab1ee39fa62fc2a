/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The option somebody probably meant: by edit distance over whole paths (insert, delete, replace,
 * swap neighbours: Damerau–Levenshtein, optimal string alignment), else by the same last word in
 * another section. Pure; no memory but the caller's.
 */
#ifndef CONFIG_NEAREST_H
#define CONFIG_NEAREST_H

#include "config/option.h"

/* Edits that turn a into b; more than OPTION_PATH_MAX characters are never near anything. */
unsigned nearest_distance(struct str a, struct str b);

/*
 * The path of the nearest option, section or list of choices into out; false when nothing is near
 * enough to be worth naming.
 */
bool nearest_path(struct str path, char out[OPTION_PATH_MAX]);

#endif
