/* SPDX-License-Identifier: Apache-2.0 */
/* The doctor's look at who can sign in. It tells numbers and roles, never who. */
#include "cmd/doctor.h"
#include "store/people.h"
#include "store/reader.h"

#include <sys/stat.h>

struct counts {
    unsigned people, administrators, weak, links;
};

/* Roles that need a second step; what the configuration says was checked. */
static unsigned mfa_roles(const struct config *config)
{
    unsigned bits;
    struct str wrong;
    return roles_read(config->auth_mfa_roles, &bits, &wrong) ? bits : 0;
}

static struct counts count(const struct patient *p, const struct people *people)
{
    struct counts n = {0};
    unsigned strict = mfa_roles(&p->config);
    for (size_t i = 0; i < people->n; i++) {
        const struct person *x = &people->items[i];
        n.people += x->state == PERSON_ACTIVE;
        n.links += x->state == PERSON_INVITED;
        n.administrators += x->state == PERSON_ACTIVE && x->role == ROLE_ADMINISTRATOR;
        n.weak += x->state == PERSON_ACTIVE && x->has_password && !x->has_totp &&
                  (strict & 1U << x->role);
    }
    return n;
}

/* Others on this machine must not read what seals the second steps. */
static bool key_is_open(const struct patient *p)
{
    char file[PATH_MAX];
    struct stat st;
    return snprintf(file, sizeof file, "%s/keys/staff.key", p->data) < (int)sizeof file &&
           stat(file, &st) == 0 && (st.st_mode & 077);
}

void doctor_accounts(struct patient *p, struct diagnosis *d)
{
    struct reader *reader = NULL;
    struct people people = {NULL, 0};
    struct arena a = ARENA_INIT;
    bool there = false;
    if (!p->there) {
        diagnose(d, DOCTOR_SKIPPED, NULL, "there is no data directory to look at");
        return;
    }
    enum err e = reader_open_directory(p->data, &reader, NULL);
    if (!e)
        e = reader_people(reader, &a, &people, NULL);
    if (!e)
        e = reader_has_administrator(reader, &there, NULL);
    reader_close(reader);
    struct counts n = count(p, &people);
    arena_release(&a);
    if (e)
        diagnose(d, DOCTOR_SKIPPED, NULL, "the database cannot be read (see above)");
    else if (key_is_open(p))
        diagnose(d, DOCTOR_BAD, "chmod 600 it.", "others may read %s/keys/staff.key", p->data);
    else if (!there)
        diagnose(d, DOCTOR_WARN,
                 p->config.auth_local ? "Set up the first account with the link that anteroom user "
                                        "setup-link prints."
                                      : "One comes with the first sign-in that a line of "
                                        "auth.oidc's roles makes an administrator.",
                 "no administrator can sign in");
    else if (n.weak)
        diagnose(d, DOCTOR_WARN,
                 "They are asked to at their next sign-in; until then a password "
                 "alone stands before it.",
                 "%u of %u accounts lack the second step that their role needs", n.weak, n.people);
    else
        diagnose(d, DOCTOR_OK, NULL,
                 "accounts: %u active, %u of them administrators, and %u invited", n.people,
                 n.administrators, n.links);
}
