/* SPDX-License-Identifier: Apache-2.0 */
/* What both sides of control.h share. */
#ifndef CMD_CONTROL_INNER_H
#define CMD_CONTROL_INNER_H

#include "cmd/control.h"
#include "config/config.h"

enum { CONTROL_PATH_MAX = 108 }; /* of a Unix socket */

/* "…/control"; false when it is too long. */
bool control_path(struct str data_directory, char out[CONTROL_PATH_MAX]);

/* Runs the verb a request names. */
enum err control_do(struct control_call *c, struct str request, struct why *why);

#endif
