/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes: what a person of the team, a program with a token or a command does to the database.
 *
 *     job->kind = JOB_WRITE; job->write = (struct job_write){record_assign, &input};
 *
 * A verb of a store module (records.h, people.h, sessions.h, …) runs on the writer's thread in the
 * group's transaction. It answers ERR_NONE, or refuses with ERR_MISSING, ERR_CONFLICT, ERR_INPUT:
 * then what it wrote is undone, and the other jobs of the group stay. It may run twice for one job
 * (group.h): its input is not changed, what it answers in it is set anew each time.
 *
 * Each verb says in its header which struct its input is. The views in it must live until the job
 * is done; they usually lie in the ticket's arena.
 *
 * The lower half is for store modules only: running statements, adding to the audit.
 */
#ifndef STORE_WRITE_H
#define STORE_WRITE_H

#include "base/err.h"

struct write;

typedef enum err write_verb(struct write *w, void *input, struct why *why);

/* Who does it: "person/7", "token/3", "command", "system"; as the audit has it. */
enum { ACTOR_SIZE = 32 };

struct actor {
    char text[ACTOR_SIZE];
};

struct actor actor_person(int64_t id);
struct actor actor_token(int64_t id);
struct actor actor_command(void);
struct actor actor_system(void);
struct str actor_str(const struct actor *a);

#endif
