/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/v1/me: who a program is here, and what it may do. */
#include "base/json.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/staff.h"

enum { ANSWER_MAX = 8192 };

void handle_api_me(struct request *r)
{
    struct buf out;
    struct json j;
    buf_init(&out, ANSWER_MAX);
    json_init(&j, &out);
    json_object(&j, NULL);
    json_str(&j, "name", r->staff->name);
    json_str(&j, "role", role_name(r->staff->role));
    json_array(&j, "may");
    for (enum action a = ACTION_none + 1; a < ACTION_COUNT; a++)
        if (staff_may(r, a))
            json_str(&j, NULL, action_name(a));
    json_end(&j);
    json_end(&j);
    buf_byte(&out, '\n');
    struct str body = arena_str(&r->arena, buf_view(&out));
    buf_release(&out);
    respond_bytes(r, 200, STR("application/json"), body);
}
