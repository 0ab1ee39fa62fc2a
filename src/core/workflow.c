/* SPDX-License-Identifier: Apache-2.0 */
#include "core/workflow.h"

static const struct {
    struct str name;
    bool may_become[STATUS_COUNT];
} statuses[STATUS_COUNT] = {
    /* new, contacted, proposal, won, lost, spam */
    [STATUS_NEW] = {STR_INIT("new"), {0, 1, 1, 1, 1, 1}},
    [STATUS_CONTACTED] = {STR_INIT("contacted"), {1, 0, 1, 1, 1, 1}},
    [STATUS_PROPOSAL] = {STR_INIT("proposal"), {0, 1, 0, 1, 1, 1}},
    [STATUS_WON] = {STR_INIT("won"), {0, 0, 1, 0, 0, 0}},
    [STATUS_LOST] = {STR_INIT("lost"), {0, 1, 1, 0, 0, 0}},
    [STATUS_SPAM] = {STR_INIT("spam"), {1, 0, 0, 0, 0, 0}},
};

struct str status_name(enum status status)
{
    return statuses[status].name;
}

bool status_find(struct str name, enum status *out)
{
    for (enum status s = 0; s < STATUS_COUNT; s++)
        if (str_eq(statuses[s].name, name)) {
            *out = s;
            return true;
        }
    return false;
}

bool status_may_become(enum status from, enum status to)
{
    return from < STATUS_COUNT && to < STATUS_COUNT && statuses[from].may_become[to];
}
