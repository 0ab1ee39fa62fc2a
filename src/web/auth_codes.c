/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "web/auth.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/sealed_cookie.h"
#include "web/shell.h"
#include "web/staff.h"

#include "pages.h"

/*
 * Recovery codes are shown once. They travel to their page in a sealed cookie, so that the POST
 * which made them can answer with a redirect, and a reload within ten minutes is harmless; "I have
 * kept them" takes the cookie away.
 *
 *     cookie = whose they are, ten codes, a space behind each ‖ where to go then
 *
 * Who signs in next in the same browser does not see them.
 */

static const struct str codes_cookie = STR_INIT("__Host-codes");

enum { CODES_S = 600 };

void auth_make_codes(struct auth_codes *out, unsigned char hashes[][RECOVERY_HASH_SIZE])
{
    for (int i = 0; i < RECOVERY_CODES; i++) {
        uint64_t bits;
        random_bytes(&bits, sizeof bits);
        out->codes[i] = recovery_code_make(bits);
        recovery_code_hash(str_from(out->codes[i].text), hashes[i]);
    }
}

void auth_keep_codes(struct request *r, const struct auth_codes *codes)
{
    struct str all = arena_fmt(&r->arena, "%lld ", (long long)r->staff->person);
    for (int i = 0; i < RECOVERY_CODES; i++)
        all = arena_fmt(&r->arena, "%.*s%s ", STR_ARG(all), codes->codes[i].text);
    sealed_cookie_set(r, codes_cookie,
                      arena_fmt(&r->arena, "%.*s%.*s", STR_ARG(all), STR_ARG(codes->next)),
                      CODES_S);
}

static bool read_codes(struct request *r, struct view_step *codes, struct str *next)
{
    struct str rest, code, whose;
    uint64_t person;
    if (!sealed_cookie_get(r, codes_cookie, &rest) || !str_cut(&rest, ' ', &whose) ||
        !str_to_u64(whose, &person) || (int64_t)person != r->staff->person)
        return false;
    for (int i = 0; i < RECOVERY_CODES; i++) {
        if (!str_cut(&rest, ' ', &code))
            return false;
        codes[i].text = code;
    }
    *next = staff_safe_next(rest);
    return true;
}

void handle_auth_codes_page(struct request *r)
{
    struct view_step codes[RECOVERY_CODES];
    struct str next;
    if (!read_codes(r, codes, &next)) {
        respond_redirect(r, STR("/staff/profile"));
        return;
    }
    struct view_codes v = {
        .codes = {codes, RECOVERY_CODES},
        .csrf = r->staff->csrf,
        .login = r->staff->login,
    };
    shell_fill(&v.shell, r, say(r, TEXT_AUTH_CODES_TITLE));
    page_codes(respond_html(r), &v);
    respond_page(r, 200);
}

void handle_auth_codes_kept(struct request *r)
{
    struct view_step codes[RECOVERY_CODES];
    struct str next = STR_EMPTY;
    read_codes(r, codes, &next);
    sealed_cookie_clear(r, codes_cookie);
    respond_redirect(r, next.len ? next : STR("/staff"));
}
