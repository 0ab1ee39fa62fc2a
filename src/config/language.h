/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The languages of a configuration: which are offered, the operator's own texts in place of the
 * catalogues', and what is asked in each language.
 *
 *     language_set_defaults ─▶ language_say_all, … while options are read ─▶ language_choose ─▶
 *     language_settle
 *
 * Memory: the config's arena. Threads: one at a time.
 */
#ifndef CONFIG_LANGUAGE_H
#define CONFIG_LANGUAGE_H

#include "config/option.h"

/* The catalogues as they were built. */
void language_set_defaults(struct config *config);

/* The value of an option that is a text, in one language. */
void language_say(struct config *config, const struct option *option, enum language language);

/* The same in every language. */
void language_say_all(struct config *config, const struct option *option);

/* From form.language and form.languages; false when the default is not offered. */
bool language_choose(struct config *config, struct option_problem *problem);

/* Makes config->local and config->rules, when everything has been read. */
void language_settle(struct config *config);

#endif
