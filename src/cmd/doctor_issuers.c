/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/doctor.h"
#include "web/issuers.h"

/* What one of them says of itself; true when all is well. */
static bool look_at(const struct issuer *issuer, struct diagnosis *d, struct oidc_look *look)
{
    struct oidc *oidc = NULL;
    struct why why = {0};
    enum err e = issuer_open(issuer, &oidc, &why);
    if (!e)
        e = oidc_look(oidc, look, &why);
    oidc_free(oidc);
    if (e) {
        diagnose(d, DOCTOR_BAD,
                 why.hint[0] ? why.hint : "Check what auth.oidc says of it, then ask again.",
                 "%.*s: %s", STR_ARG(issuer->id), why.detail);
        return false;
    }
    if (look->clock_ms == INT64_MIN) /* it does not say */
        return true;
    int64_t apart = look->clock_ms < 0 ? -look->clock_ms : look->clock_ms;
    if (apart < issuer->skew_ms / 2)
        return true;
    diagnose(d, apart < issuer->skew_ms ? DOCTOR_WARN : DOCTOR_BAD,
             "Set this machine's clock by NTP: tokens begin and end by it.",
             "%.*s: its clock is %lld s %s ours, and clock_skew allows %lld s", STR_ARG(issuer->id),
             (long long)(apart / 1000), look->clock_ms > 0 ? "ahead of" : "behind",
             (long long)(issuer->skew_ms / 1000));
    return false;
}

void doctor_issuers(struct patient *p, struct diagnosis *d)
{
    const struct issuers *all = &p->config.issuers;
    char said[sizeof d->finding] = "";
    if (all->n == 0 && !p->config.auth_local) {
        diagnose(d, DOCTOR_WARN, "Name an issuer in auth.oidc, or take auth.local: false out.",
                 "nobody of the team can sign in: no accounts here, and none elsewhere");
        return;
    }
    if (all->n == 0) {
        diagnose(d, DOCTOR_SKIPPED,
                 "With auth.oidc the team signs in with accounts it has already.",
                 "nobody else's accounts are configured");
        return;
    }
    for (size_t i = 0; i < all->n; i++) {
        struct oidc_look look;
        if (!look_at(&all->items[i], d, &look))
            return;
        size_t n = strlen(said);
        snprintf(said + n, sizeof said - n, "%s%.*s answers, with %zu key%s", n ? "; " : "",
                 STR_ARG(all->items[i].id), look.keys, look.keys == 1 ? "" : "s");
    }
    diagnose(d, DOCTOR_OK, NULL, "%s", said);
}
