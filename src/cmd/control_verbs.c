/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/control_tokens.h"
#include "cmd/control_users.h"

const struct control_row control_rows[] = {
    {"user.add", control_user_add},         {"user.list", control_user_list},
    {"user.reset", control_user_reset},     {"user.disable", control_user_disable},
    {"user.enable", control_user_enable},   {"user.setup-link", control_user_setup_link},
    {"token.add", control_token_add},       {"token.list", control_token_list},
    {"token.revoke", control_token_revoke}, {NULL, NULL},
};
