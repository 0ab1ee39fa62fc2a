/* SPDX-License-Identifier: Apache-2.0 */
#include "web/shell.h"

#include "config/config.h"
#include "web/request.h"
#include "web/state.h"

void shell_fill(struct view_shell *shell, const struct request *r, struct str title)
{
    const struct config *c = r->web->config;
    *shell = (struct view_shell){
        .lang = STR("en"),
        .dir = STR("ltr"),
        .title = title,
        .brand = c->brand_name,
        .contact_email = c->brand_contact_email,
        .contact_phone = c->brand_contact_phone,
    };
}
