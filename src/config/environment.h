/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options from the environment: ANTEROOM_SERVER__LISTEN=:443 is server.listen, "__" a level.
 *
 * A name that begins with ANTEROOM_ and holds "__" is meant for us: when there is no such option it
 * is refused with the nearest right name, and so is an option's name with single "_". Every other
 * name is left alone (ANTEROOM_CONFIG names the file; Kubernetes sets ANTEROOM_PORT and the like).
 */
#ifndef CONFIG_ENVIRONMENT_H
#define CONFIG_ENVIRONMENT_H

#include "config/option.h"

/* One "NAME=value": the option it sets and the value, or NULL when it is none of ours. */
enum err environment_read(struct str entry, const struct option **option, struct str *value,
                          struct why *why);

#endif
