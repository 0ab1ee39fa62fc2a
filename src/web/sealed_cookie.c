/* SPDX-License-Identifier: Apache-2.0 */
#include "web/sealed_cookie.h"

#include "base/clock.h"
#include "base/must.h"
#include "base/seal.h"
#include "base/text.h"
#include "web/cookie.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/state.h"

enum { TIME_SIZE = 8 };

void sealed_cookie_set(struct request *r, struct str name, struct str bytes, int64_t seconds)
{
    must(bytes.len <= SEALED_COOKIE_MAX);
    unsigned char *plain = arena_alloc(&r->arena, TIME_SIZE + bytes.len);
    uint64_t expires_ms = (uint64_t)(clock_wall_ms() + seconds * 1000);
    for (int i = 0; i < TIME_SIZE; i++)
        plain[i] = (unsigned char)(expires_ms >> (56 - 8 * i));
    if (bytes.len)
        memcpy(plain + TIME_SIZE, bytes.ptr, bytes.len);
    struct str sealed =
        seal(&r->arena, r->web->staff_key, name, str_of(plain, TIME_SIZE + bytes.len));
    respond_header(r, STR("set-cookie"),
                   cookie_set(&r->arena, name, text_base64url(&r->arena, sealed), seconds));
}

bool sealed_cookie_get(struct request *r, struct str name, struct str *bytes)
{
    struct str value = request_cookie(r, name), sealed, plain;
    *bytes = STR_EMPTY;
    if (!value.len || !text_unbase64url(&r->arena, value, &sealed) ||
        !seal_open(&r->arena, r->web->staff_key, name, sealed, &plain) || plain.len < TIME_SIZE)
        return false;
    uint64_t expires_ms = 0;
    for (int i = 0; i < TIME_SIZE; i++)
        expires_ms = expires_ms << 8 | (unsigned char)plain.ptr[i];
    if (expires_ms <= (uint64_t)clock_wall_ms())
        return false;
    *bytes = str_slice(plain, TIME_SIZE, plain.len);
    return true;
}

void sealed_cookie_clear(struct request *r, struct str name)
{
    respond_header(r, STR("set-cookie"), cookie_set(&r->arena, name, STR_EMPTY, 0));
}
