/* SPDX-License-Identifier: Apache-2.0 */
#include "config/issuer.h"

#include "config/nearest.h"
#include "config/option.h"
#include "core/oidc_discovery.h"

enum { TEXT_MAX = 1000, SKEW_MAX_MS = 10 * 60 * 1000 };

/* One entry while it is read. */
struct entry {
    struct arena *arena;
    const char *name; /* of the file */
    struct why *why;
    const struct tree *node;
    const struct tree *parts[ISSUER_KEYS];
    const struct issuers *earlier;
    struct issuer *issuer;
};

static const struct tree *part(const struct entry *e, const char *name)
{
    for (size_t k = 0; k < ISSUER_KEYS; k++)
        if (strcmp(issuer_keys[k].name, name) == 0)
            return e->parts[k];
    return NULL;
}

static enum err refuse(const struct entry *e, const char *key, const char *what, const char *hint)
{
    const struct tree *at = part(e, key);
    enum err err =
        tree_refuse(e->why, e->name, at ? at->place : e->node->place, "%s: %s", key, what);
    err_hint(e->why, "%s", hint);
    return err;
}

/* ---- texts ------------------------------------------------------------------------------------*/

static struct str *text_of(struct issuer *issuer, const struct issuer_key *key)
{
    return (struct str *)(void *)((char *)issuer + key->offset);
}

static enum err read_texts(struct entry *e)
{
    for (size_t k = 0; k < ISSUER_KEYS; k++) {
        const struct issuer_key *key = &issuer_keys[k];
        const struct tree *node = e->parts[k];
        if (key->offset == SIZE_MAX)
            continue;
        struct str *out = text_of(e->issuer, key);
        *out = str_from(key->fallback);
        if (!node)
            continue;
        bool right = node->kind == TREE_TEXT && node->text.len > 0 && node->text.len <= TEXT_MAX &&
                     str_trim(node->text).len == node->text.len;
        for (size_t i = 0; right && i < node->text.len; i++)
            right = (unsigned char)node->text.ptr[i] >= ' ';
        if (!right)
            return tree_refuse(e->why, e->name, node->place, "“%s” takes %s", key->name,
                               key->takes);
        *out = arena_str(e->arena, node->text);
    }
    return ERR_NONE;
}

static bool is_id(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!(c >= 'a' && c <= 'z') && (i == 0 || (!(c >= '0' && c <= '9') && c != '-')))
            return false;
    }
    return s.len >= 1 && s.len <= ISSUER_ID_MAX;
}

static bool is_one_of(struct str s, const char *one, const char *other)
{
    return str_eq(s, str_from(one)) || str_eq(s, str_from(other));
}

static enum err check_client(struct entry *e)
{
    const struct issuer *i = e->issuer;
    int files = (i->secret_file.len > 0) + (i->key_file.len > 0) + (i->assertion_file.len > 0);
    if (files > 1)
        return refuse(e, "client_id", "more than one file says who we are",
                      "Name one of client_secret_file, client_key_file, client_assertion_file.");
    if ((i->certificate_file.len || i->key_id.len) && i->key_file.len == 0)
        return refuse(e, i->key_id.len ? "client_key_id" : "client_certificate_file",
                      "there is no client_key_file", "Name the key that it belongs to.");
    if (!is_one_of(i->secret_in, "header", "body"))
        return refuse(e, "client_secret_in", "it is header or body", "");
    e->issuer->secret_in_body = str_eq(i->secret_in, STR("body"));
    return ERR_NONE;
}

static enum err check_texts(struct entry *e)
{
    struct issuer *i = e->issuer;
    enum role role;
    if (!is_id(i->id))
        return refuse(e, "id", "it stands in addresses",
                      "Write 1–32 of a–z, 0–9 and “-”, a letter "
                      "first.");
    if (issuers_find(e->earlier, i->id))
        return refuse(e, "id", "it stands in this list twice", "");
    if (!oidc_is_url(i->issuer) || str_find(i->issuer, '?', 0) < i->issuer.len)
        return refuse(e, "issuer", "it is not an https URL",
                      "Write it as the provider's discovery document does, letter by letter.");
    if (!claims_has_scope(i->scopes, STR("openid")))
        return refuse(e, "scopes", "openid is not among them", "Write: openid profile email");
    if (!is_one_of(i->mfa, "optional", "required"))
        return refuse(e, "mfa", "it is optional or required", "");
    i->mfa_demanded = str_eq(i->mfa, STR("required"));
    if (!option_parse_time(i->skew, &i->skew_ms) || i->skew_ms > SKEW_MAX_MS)
        return refuse(e, "clock_skew", "it is a time, at most 10m", "Write 2m.");
    i->otherwise = CLAIMS_NO_ROLE;
    if (role_find(i->default_role, &role))
        i->otherwise = (int)role;
    else if (!str_eq(i->default_role, STR("none")))
        return refuse(e, "default_role", "there is no such role",
                      "Write viewer, agent, privacy, auditor, administrator or none.");
    return check_client(e);
}

/* ---- the two tables ---------------------------------------------------------------------------*/

/* {claim: …, value: …, role: …}; role NULL where a row has none. */
static enum err read_row(struct entry *e, const struct tree *row, struct claims_match *match,
                         int *role)
{
    static const char *const names[] = {"claim", "value", "role"};
    const struct tree *found[3] = {NULL};
    char shown[OPTION_SHOWN_MAX];
    enum role which = 0;
    size_t n = role ? 3 : 2;
    for (const struct tree *p = row->kind == TREE_MAP ? row->first : NULL; p; p = p->next) {
        size_t k = 0;
        while (k < n && !str_eq(p->key, str_from(names[k])))
            k++;
        if (k == n)
            return tree_refuse(e->why, e->name, p->key_place, "a row has no “%s”",
                               option_shown(p->key, shown));
        if (p->kind != TREE_TEXT || p->text.len == 0 || p->text.len > TEXT_MAX)
            return tree_refuse(e->why, e->name, p->place, "“%s” takes a text", names[k]);
        found[k] = p;
    }
    for (size_t k = 0; k < n; k++)
        if (!found[k]) {
            enum err err = tree_refuse(e->why, e->name, row->place, "a row needs “%s”", names[k]);
            err_hint(e->why, role ? "Write: - {claim: roles, value: Agent, role: agent}"
                                  : "Write: - {claim: amr, value: mfa}");
            return err;
        }
    match->claim = arena_str(e->arena, found[0]->text);
    match->value = arena_str(e->arena, found[1]->text);
    if (!role)
        return ERR_NONE;
    if (!role_find(found[2]->text, &which)) {
        enum err err = tree_refuse(e->why, e->name, found[2]->place, "there is no role “%s”",
                                   option_shown(found[2]->text, shown));
        err_hint(e->why, "Write viewer, agent, privacy, auditor or administrator.");
        return err;
    }
    *role = (int)which;
    return ERR_NONE;
}

static enum err check_list(struct entry *e, const char *key)
{
    const struct tree *node = part(e, key);
    if (node && (node->kind != TREE_LIST || node->n > ISSUER_ROWS_MAX))
        return tree_refuse(e->why, e->name, node->place, "“%s” is a list of at most %d rows", key,
                           ISSUER_ROWS_MAX);
    return ERR_NONE;
}

static enum err read_roles(struct entry *e)
{
    const struct tree *node = part(e, "roles");
    enum err err = check_list(e, "roles");
    if (err != ERR_NONE || !node)
        return err;
    struct claims_role *rows = arena_new_array(e->arena, struct claims_role, node->n);
    size_t n = 0;
    for (const struct tree *row = node->first; err == ERR_NONE && row; row = row->next, n++)
        err = read_row(e, row, &rows[n].match, &rows[n].role);
    e->issuer->roles = rows;
    e->issuer->n_roles = n;
    return err;
}

static enum err read_mfa(struct entry *e)
{
    static const struct claims_match usual[] = {{STR_INIT("amr"), STR_INIT("mfa")}};
    const struct tree *node = part(e, "mfa_claims");
    enum err err = check_list(e, "mfa_claims");
    e->issuer->mfa_claims = usual;
    e->issuer->n_mfa_claims = 1;
    if (err != ERR_NONE || !node)
        return err;
    struct claims_match *rows = arena_new_array(e->arena, struct claims_match, node->n);
    size_t n = 0;
    for (const struct tree *row = node->first; err == ERR_NONE && row; row = row->next, n++)
        err = read_row(e, row, &rows[n], NULL);
    e->issuer->mfa_claims = rows;
    e->issuer->n_mfa_claims = n;
    return err;
}

/* ---- an entry, and the list -------------------------------------------------------------------*/

static enum err refuse_key(struct entry *e, const struct tree *node)
{
    char shown[OPTION_SHOWN_MAX];
    enum err err = tree_refuse(e->why, e->name, node->key_place, "an issuer has no “%s”",
                               option_shown(node->key, shown));
    const char *near = NULL;
    unsigned least = 4;
    for (size_t k = 0; k < ISSUER_KEYS; k++) {
        unsigned distance = nearest_distance(node->key, str_from(issuer_keys[k].name));
        if (distance < least) {
            least = distance;
            near = issuer_keys[k].name;
        }
    }
    if (near)
        err_hint(e->why, "Did you mean %s?", near);
    return err;
}

static enum err gather(struct entry *e)
{
    if (e->node->kind != TREE_MAP) {
        enum err err = tree_refuse(e->why, e->name, e->node->place, "an issuer is a map");
        err_hint(e->why, "Write: - {id: entra, label: Microsoft, issuer: https://…, client_id: …}");
        return err;
    }
    for (const struct tree *node = e->node->first; node; node = node->next) {
        size_t k = 0;
        while (k < ISSUER_KEYS && !str_eq(node->key, str_from(issuer_keys[k].name)))
            k++;
        if (k == ISSUER_KEYS)
            return refuse_key(e, node);
        e->parts[k] = node;
    }
    for (size_t k = 0; k < ISSUER_KEYS; k++)
        if (issuer_keys[k].required && !e->parts[k]) {
            enum err err = tree_refuse(e->why, e->name, e->node->place, "this issuer needs “%s”",
                                       issuer_keys[k].name);
            err_hint(e->why, "It takes %s.", issuer_keys[k].takes);
            return err;
        }
    return ERR_NONE;
}

static enum err read_entry(struct entry *e)
{
    enum err err = gather(e);
    if (err == ERR_NONE)
        err = read_texts(e);
    if (err == ERR_NONE)
        err = check_texts(e);
    if (err == ERR_NONE)
        err = localized_read(e->arena, part(e, "label"), "the label", ISSUER_LABEL_MAX, e->name,
                             &e->issuer->label, e->why);
    if (err == ERR_NONE)
        err = read_roles(e);
    if (err == ERR_NONE)
        err = read_mfa(e);
    if (err == ERR_NONE && e->issuer->n_roles == 0 && e->issuer->otherwise == CLAIMS_NO_ROLE)
        err = refuse(e, "roles", "nobody could sign in with this issuer",
                     "Give rows to roles, or name a default_role.");
    return err;
}

enum err issuers_read(struct arena *a, const struct tree *node, const char *name,
                      struct issuers *out, struct why *why)
{
    if (node->kind != TREE_LIST) {
        if (tree_is_blank(node))
            return ERR_NONE;
        enum err err = tree_refuse(why, name, node->place, "auth.oidc is a list");
        err_hint(why, "Begin each issuer with “- ”: - id: entra");
        return err;
    }
    if (node->n > ISSUERS_MAX)
        return tree_refuse(why, name, node->place, "auth.oidc takes at most %d issuers",
                           ISSUERS_MAX);
    struct issuer *items = arena_new_array(a, struct issuer, node->n);
    out->items = items;
    for (const struct tree *one = node->first; one; one = one->next) {
        struct entry entry = {.arena = a,
                              .name = name,
                              .why = why,
                              .node = one,
                              .earlier = out,
                              .issuer = &items[out->n]};
        enum err err = read_entry(&entry);
        if (err != ERR_NONE)
            return err;
        out->n++;
    }
    return ERR_NONE;
}

const struct issuer *issuers_find(const struct issuers *all, struct str id)
{
    for (size_t i = 0; i < all->n; i++)
        if (str_eq(all->items[i].id, id))
            return &all->items[i];
    return NULL;
}
