/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A browser and its system as a person would name them, for the list of one's own sessions:
 * "Firefox, Windows" of a User-Agent header. Only names of a list of ours come out, never what was
 * sent; what is not known is "". A hint, not a fact: anybody may send anything. Pure.
 */
#ifndef CORE_USER_AGENT_H
#define CORE_USER_AGENT_H

#include "base/arena.h"

struct str user_agent_name(struct arena *a, struct str header);

#endif
