/* SPDX-License-Identifier: Apache-2.0 */
/*
 * People of the team: who they are, what they sign in with, and the links that let them in first.
 *
 * A person is invited (a link waits for them), active or disabled; never deleted, so that what was
 * done keeps its author. A login is compared without case. Passwords come here hashed
 * (base/password_hash.h), TOTP secrets sealed, links and recovery codes as SHA-256.
 *
 * There is always an active administrator: the last one can be neither disabled nor made less
 * (ERR_CONFLICT). Whoever loses all of them makes another first link with the command line.
 *
 * Reading verbs: point reads on a loop's own reader; ERR_MISSING when there is none. Changing
 * verbs: write.h; each is audited under "person.…" unless it says otherwise.
 */
#ifndef STORE_PEOPLE_H
#define STORE_PEOPLE_H

#include "core/totp.h"
#include "store/sessions.h"

enum person_state { PERSON_INVITED, PERSON_ACTIVE, PERSON_DISABLED, PERSON_STATES };

/* "invited", "active", "disabled" */
struct str person_state_name(enum person_state state);

struct person {
    int64_t id;
    struct str login, name, email;
    enum role role;
    enum person_state state;
    bool has_password, has_totp;
    int64_t created_ms, signed_in_ms; /* 0: never */
    int64_t link_until_ms;            /* a link waits until then; 0: none */
};

/* What a sign-in is checked against. */
struct person_secrets {
    struct str password; /* a PHC string; empty: none */
    struct str totp;     /* the sealed secret; empty: none */
    int64_t totp_step;   /* the last one that was used */
    uint64_t recovery_codes;
};

struct people {
    const struct person *items;
    size_t n;
};

enum { PEOPLE_MOST = 1000, LOGIN_MOST = 120, PERSON_NAME_MOST = 120 };

/* secrets may be NULL. */
enum err reader_person(struct reader *reader, struct arena *a, int64_t id, struct person *out,
                       struct person_secrets *secrets, struct why *why);
enum err reader_person_called(struct reader *reader, struct arena *a, struct str login,
                              struct person *out, struct person_secrets *secrets, struct why *why);

/* All of them, by login, PEOPLE_MOST at most. */
enum err reader_people(struct reader *reader, struct arena *a, struct people *out, struct why *why);

/* Can any administrator sign in? */
enum err reader_has_administrator(struct reader *reader, bool *out, struct why *why);

/* ---- links ---------------------------------------------------------------------------------- */

enum invitation_kind {
    INVITATION_FIRST,  /* makes the first administrator */
    INVITATION_INVITE, /* to a new person */
    INVITATION_RESET,  /* a person's password and second step are set anew */
    INVITATION_KINDS
};

struct invitation {
    enum invitation_kind kind;
    int64_t person; /* 0: INVITATION_FIRST */
    int64_t expires_ms;
};

/* The time is the caller's to judge. */
enum err reader_invitation(struct reader *reader, const struct session_hash *hash,
                           struct invitation *out, struct why *why);

/* ---- changes -------------------------------------------------------------------------------- */

/* A new person with a link. ERR_CONFLICT: the login is taken. */
struct person_invite {
    struct actor actor;
    struct str login, name, email;
    enum role role;
    struct session_hash link;
    int64_t expires_ms;
    int64_t person; /* the answer */
};
write_verb person_invite;

/* Another link for a person, instead of those they had: an invitation again, or a reset. */
struct person_link {
    struct actor actor;
    int64_t person;
    struct session_hash link;
    int64_t expires_ms;
};
write_verb person_link;

/* The link of the first administrator, instead of any earlier one. ERR_CONFLICT: there is an
 * administrator who can sign in; unless `anyway`. */
struct first_link {
    struct actor actor;
    struct session_hash link;
    int64_t expires_ms;
    bool anyway;
};
write_verb first_link;

/*
 * A link is used up: the person has this password and no second step any more, all earlier sessions
 * end, and a session begins (begin.person is the answer). login and name count for INVITATION_FIRST
 * only. ERR_MISSING: no such link, or too late. ERR_CONFLICT: the login is taken.
 */
struct invitation_use {
    bool signed_first; /* a link that is signed and no row: it counts while there is no
                          administrator who can sign in */
    struct session_hash link;
    struct str login, name;
    struct str password; /* hashed */
    struct session_begin begin;
};
write_verb invitation_use;

struct person_change {
    struct actor actor;
    int64_t person;
    struct str name, email;
    enum role role;
};
write_verb person_change;

/* Disabled: sessions and links end. Enabled: as before. */
struct person_disable {
    struct actor actor;
    int64_t person;
    bool disabled;
};
write_verb person_disable;

/* One's own password; every other session ends, and begin is the one that goes on. */
struct password_change {
    int64_t person;
    struct str password; /* hashed */
    struct session_begin begin;
};
write_verb password_change;

/* The same password, hashed with today's parameters; nothing when it changed meanwhile. Not
 * audited. */
struct password_renew {
    int64_t person;
    struct str before, password; /* hashed */
};
write_verb password_renew;

/* The second step is set up, or set up anew, with its recovery codes; begin goes on as strong. */
struct totp_enrol {
    int64_t person;
    struct str sealed;
    int64_t step; /* whose code was typed to show that it works */
    unsigned char codes[RECOVERY_CODES][RECOVERY_HASH_SIZE];
    struct session_begin begin;
};
write_verb totp_enrol;

/* Recovery codes anew: the old ones open nothing any more. */
struct recovery_renew {
    int64_t person;
    unsigned char codes[RECOVERY_CODES][RECOVERY_HASH_SIZE];
};
write_verb recovery_renew;

/* The second step of a sign-in. ERR_REFUSED: the step, or the recovery code, was used before. */
struct second_step {
    int64_t step; /* 0: by recovery code */
    unsigned char code[RECOVERY_HASH_SIZE];
    struct session_begin begin;
};
write_verb second_step;

/* Somebody tries passwords or codes of an account: "session.paused" in the audit. */
struct sign_in_paused {
    int64_t person;
    int64_t pause_s;
};
write_verb sign_in_paused;

#endif
