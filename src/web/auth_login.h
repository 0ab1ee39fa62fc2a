/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the password and the code: who it is, in the cookie __Host-sign-in, for ten minutes.
 *
 *     person's number ‖ " " ‖ mark ‖ " " ‖ where to go then
 *
 * The mark belongs to the password that was right: when it is changed meanwhile, the sign-in ends.
 */
#ifndef WEB_AUTH_LOGIN_H
#define WEB_AUTH_LOGIN_H

#include "base/str.h"

struct request;

struct str auth_login_mark(struct request *r, struct str password_hash);
void auth_login_keep(struct request *r, int64_t person, struct str mark, struct str next);
bool auth_login_kept(struct request *r, int64_t *person, struct str *mark, struct str *next);
void auth_login_done(struct request *r);

#endif
