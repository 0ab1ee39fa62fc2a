/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of the API, for anteroom token (control.h). */
#ifndef CMD_CONTROL_TOKENS_H
#define CMD_CONTROL_TOKENS_H

#include "cmd/control.h"

control_verb control_token_add;    /* name, role, days → number, token, until */
control_verb control_token_list;   /* → tokens */
control_verb control_token_revoke; /* number */

#endif
