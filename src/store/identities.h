/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accounts elsewhere: who an issuer vouches for is a person here, by issuer and subject and by
 * nothing else. A person is made at the first sign-in; name, address and role are taken anew at
 * each one. An address or a name that somebody here has already does not make them the same person:
 * whoever writes claims at the issuer could become anybody.
 *
 * The issuer decides about roles also where that takes the last administrator away: `anteroom user
 * setup-link` makes another.
 */
#ifndef STORE_IDENTITIES_H
#define STORE_IDENTITIES_H

#include "store/sessions.h"

struct identity_sign_in {
    struct str issuer, subject; /* its URL, and its name for the person */
    struct str id;              /* what the configuration calls the issuer */
    struct str name, email;     /* empty: not said; kept as they were */
    enum role role;
    struct session_begin begin; /* begin.person is the answer */
};

/* ERR_REFUSED: disabled here. Audited as "person.came" the first time, "person.changed" when the
 * role is another, and as every session. */
write_verb identity_sign_in;

struct reader;

/* Who that is here; ERR_MISSING: nobody yet. */
struct identity {
    int64_t person;
    bool disabled;
};
enum err reader_identity(struct reader *reader, struct str issuer, struct str subject,
                         struct identity *out, struct why *why);

#endif
