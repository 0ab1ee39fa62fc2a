/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The details of an audit event as a line for people: "new → contacted" of {"was":"new",
 * "becomes":"contacted"}, else "role: agent, sessions: 3". What is not an object of texts, numbers
 * and truths is shown as it is. Pure; the text is in the arena.
 */
#ifndef CORE_AUDIT_DETAIL_H
#define CORE_AUDIT_DETAIL_H

#include "base/arena.h"

struct str audit_detail_text(struct arena *a, struct str detail);

#endif
