/* SPDX-License-Identifier: Apache-2.0 */
#include "core/claims.h"

#include "base/utf8.h"
#include "core/json_strict.h"

enum { AUDIENCES_MAX = 16 };

static const double last_moment = 253402300799.0; /* the end of the year 9999, in seconds */

/* ---- for whom, from whom, when ----------------------------------------------------------------*/

/* NumericDate (RFC 7519 §2): seconds, perhaps with a part of one. */
static bool time_at(yyjson_val *payload, const char *name, int64_t *out)
{
    yyjson_val *v = yyjson_obj_get(payload, name);
    double seconds = yyjson_is_num(v) ? yyjson_get_num(v) : -1;
    if (!(seconds >= 0 && seconds <= last_moment))
        return false;
    *out = (int64_t)seconds;
    return true;
}

static enum token_verdict check_times(yyjson_val *payload, const struct claims_rules *rules,
                                      struct claims *out)
{
    int64_t not_before = 0;
    if (!time_at(payload, "exp", &out->expires_s) || !time_at(payload, "iat", &out->issued_s) ||
        (yyjson_obj_get(payload, "nbf") && !time_at(payload, "nbf", &not_before)))
        return TOKEN_NO_TIMES;
    if (out->expires_s <= rules->now_s - rules->skew_s)
        return TOKEN_EXPIRED;
    return out->issued_s > rules->now_s + rules->skew_s || not_before > rules->now_s + rules->skew_s
               ? TOKEN_NOT_YET
               : TOKEN_GOOD;
}

static enum token_verdict check_audience(yyjson_val *payload, const struct claims_rules *rules,
                                         bool is_sign_in)
{
    yyjson_val *aud = yyjson_obj_get(payload, "aud"), *one;
    yyjson_val *azp = yyjson_obj_get(payload, "azp");
    bool several = false, ours = str_eq(json_text(aud), rules->client_id);
    if (yyjson_is_arr(aud)) {
        several = yyjson_arr_size(aud) > 1;
        yyjson_arr_iter i = yyjson_arr_iter_with(aud);
        while ((one = yyjson_arr_iter_next(&i))) {
            if (!yyjson_is_str(one))
                return TOKEN_AUDIENCE;
            ours = ours || str_eq(json_text(one), rules->client_id);
        }
        if (yyjson_arr_size(aud) > AUDIENCES_MAX)
            return TOKEN_AUDIENCE;
    }
    if (!ours || rules->client_id.len == 0)
        return TOKEN_AUDIENCE;
    /* Of an access token azp is the program that asks, which is not us. */
    if (is_sign_in && (azp || several) && !str_eq(json_text(azp), rules->client_id))
        return TOKEN_PARTY;
    return TOKEN_GOOD;
}

static bool is_subject(struct str s)
{
    return s.len > 0 && s.len <= CLAIMS_SUBJECT_MAX && !utf8_has_control(s, false);
}

/* ---- the operator's tables --------------------------------------------------------------------*/

static bool is_value(yyjson_val *v, struct str value)
{
    yyjson_val *one;
    if (yyjson_is_str(v))
        return str_eq(json_text(v), value) && value.len > 0;
    if (yyjson_is_bool(v))
        return str_eq(yyjson_get_bool(v) ? STR("true") : STR("false"), value);
    yyjson_arr_iter i = yyjson_arr_iter_with(v);
    while (yyjson_is_arr(v) && (one = yyjson_arr_iter_next(&i)))
        if (yyjson_is_str(one) && str_eq(json_text(one), value) && value.len > 0)
            return true;
    return false;
}

static bool email_verified(yyjson_val *payload)
{
    yyjson_val *v = yyjson_obj_get(payload, "email_verified");
    return yyjson_is_true(v) || str_eq(json_text(v), STR("true"));
}

static bool matches(yyjson_val *payload, const struct claims_match *row)
{
    return is_value(json_at(payload, row->claim), row->value) &&
           (!str_eq(row->claim, STR("email")) || email_verified(payload));
}

/* Is the list kept somewhere else? OpenID Connect Core §5.6.2 as Entra ID uses it. */
static bool is_elsewhere(yyjson_val *payload, struct str claim)
{
    yyjson_val *implicit = yyjson_obj_get(payload, "hasgroups");
    return json_at(yyjson_obj_get(payload, "_claim_names"), claim) ||
           (str_eq(claim, STR("groups")) &&
            (yyjson_is_true(implicit) || str_eq(json_text(implicit), STR("true"))));
}

static enum token_verdict find_role(yyjson_val *payload, const struct claims_rules *rules,
                                    int *role)
{
    *role = rules->otherwise;
    for (size_t i = 0; i < rules->n_roles; i++) {
        const struct claims_role *row = &rules->roles[i];
        if (is_elsewhere(payload, row->match.claim))
            return TOKEN_GROUPS_ELSEWHERE;
        if (matches(payload, &row->match)) {
            *role = row->role;
            return TOKEN_GOOD;
        }
    }
    return TOKEN_GOOD;
}

/* ---- who --------------------------------------------------------------------------------------*/

/* The first of them that may be shown; empty: none. */
static struct str shown(yyjson_val *payload, const char *const *names, size_t max)
{
    for (; *names; names++) {
        struct str s = str_trim(json_text_at(payload, *names));
        if (s.len > 0 && s.len <= max && !utf8_has_control(s, false))
            return s;
    }
    return STR_EMPTY;
}

static void read_person(struct arena *a, yyjson_val *payload, struct claims *out)
{
    static const char *const names[] = {"name", "preferred_username", "email", "upn", NULL};
    static const char *const emails[] = {"email", "preferred_username", "upn", NULL};
    out->name = utf8_compose(a, shown(payload, names, CLAIMS_NAME_MAX));
    out->email = shown(payload, emails, CLAIMS_EMAIL_MAX);
    if (str_find(out->email, '@', 0) == out->email.len)
        out->email = STR_EMPTY;
    out->session = json_text_at(payload, "sid");
    if (!is_subject(out->session))
        out->session = STR_EMPTY;
}

/* ---- all of it --------------------------------------------------------------------------------*/

static enum token_verdict check(struct arena *a, struct str text, const struct claims_rules *rules,
                                bool is_sign_in, yyjson_val **payload, struct claims *out)
{
    *out = (struct claims){.role = CLAIMS_NO_ROLE};
    enum strict s = json_strict(a, text, payload);
    if (s != STRICT_OK)
        return s == STRICT_TWICE ? TOKEN_TWICE : TOKEN_SHAPE;
    if (rules->issuer.len == 0 || !str_eq(json_text_at(*payload, "iss"), rules->issuer))
        return TOKEN_ISSUER;
    enum token_verdict v = check_audience(*payload, rules, is_sign_in);
    if (v == TOKEN_GOOD)
        v = check_times(*payload, rules, out);
    if (v != TOKEN_GOOD)
        return v;
    if (is_sign_in &&
        (rules->nonce.len == 0 || !str_eq_secret(json_text_at(*payload, "nonce"), rules->nonce)))
        return TOKEN_NONCE;
    out->subject = json_text_at(*payload, "sub");
    return is_subject(out->subject) ? TOKEN_GOOD : TOKEN_SUBJECT;
}

enum token_verdict claims_check(struct arena *a, struct str payload,
                                const struct claims_rules *rules, struct claims *out)
{
    yyjson_val *object;
    enum token_verdict v = check(a, payload, rules, true, &object, out);
    if (v != TOKEN_GOOD)
        return v;
    for (size_t i = 0; i < rules->n_mfa; i++)
        out->mfa = out->mfa || matches(object, &rules->mfa[i]);
    if (rules->mfa_demanded && !out->mfa)
        return TOKEN_MFA;
    read_person(a, object, out);
    v = find_role(object, rules, &out->role);
    return v == TOKEN_GOOD && out->role == CLAIMS_NO_ROLE ? TOKEN_NO_ROLE : v;
}

enum token_verdict claims_check_access(struct arena *a, struct str payload,
                                       const struct claims_rules *rules, struct claims *out,
                                       struct str *scopes)
{
    yyjson_val *object;
    *scopes = STR_EMPTY;
    enum token_verdict v = check(a, payload, rules, false, &object, out);
    /* An ID token is no access token, even where both have one audience. */
    if (v == TOKEN_GOOD && yyjson_obj_get(object, "nonce"))
        v = TOKEN_TYPE;
    if (v != TOKEN_GOOD)
        return v;
    yyjson_val *said = yyjson_obj_get(object, "scp");
    if (!said)
        said = yyjson_obj_get(object, "scope");
    if (said) /* what is no text allows nothing */
        *scopes = yyjson_is_str(said) ? json_text(said) : STR("");
    read_person(a, object, out);
    v = find_role(object, rules, &out->role);
    if (v == TOKEN_GROUPS_ELSEWHERE) {
        out->role = CLAIMS_NO_ROLE;
        v = TOKEN_GOOD;
    }
    return v;
}

struct str claims_issuer(struct arena *a, struct str payload)
{
    yyjson_val *object;
    return json_strict(a, payload, &object) == STRICT_OK ? json_text_at(object, "iss") : STR_EMPTY;
}

bool claims_has_scope(struct str scopes, struct str wanted)
{
    struct str one;
    while (str_cut(&scopes, ' ', &one))
        if (one.len && str_eq(one, wanted))
            return true;
    return false;
}
