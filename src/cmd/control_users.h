/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts of the team, for anteroom user (control.h). */
#ifndef CMD_CONTROL_USERS_H
#define CMD_CONTROL_USERS_H

#include "cmd/control.h"

control_verb control_user_add;        /* login, name, role, email → link, until */
control_verb control_user_list;       /* → people */
control_verb control_user_reset;      /* login → link, until */
control_verb control_user_disable;    /* login */
control_verb control_user_enable;     /* login */
control_verb control_user_setup_link; /* anyway → link, until */

#endif
