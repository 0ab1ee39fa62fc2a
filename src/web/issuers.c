/* SPDX-License-Identifier: Apache-2.0 */
#include "web/issuers.h"

static enum oidc_client client_of(const struct issuer *i)
{
    return i->key_file.len         ? OIDC_KEY
           : i->assertion_file.len ? OIDC_WORKLOAD
           : i->secret_file.len    ? (i->secret_in_body ? OIDC_SECRET_POST : OIDC_SECRET_BASIC)
                                   : OIDC_PUBLIC;
}

enum err issuer_open(const struct issuer *i, struct oidc **out, struct why *why)
{
    struct oidc_options options = {
        .issuer = i->issuer,
        .client_id = i->client_id,
        .scopes = i->scopes,
        .ca_file = i->ca_file,
        .client = client_of(i),
        .secret_file = i->secret_file,
        .key_file = i->key_file,
        .certificate_file = i->certificate_file,
        .key_id = i->key_id,
        .assertion_file = i->assertion_file,
        .api_audience = i->api_audience,
        .rules =
            {
                .skew_s = i->skew_ms / 1000,
                .mfa_demanded = i->mfa_demanded,
                .mfa = i->mfa_claims,
                .n_mfa = i->n_mfa_claims,
                .roles = i->roles,
                .n_roles = i->n_roles,
                .otherwise = i->otherwise,
            },
    };
    return oidc_open(&options, out, why);
}

enum err issuers_open(const struct config *config, struct issuers_open *out, struct why *why)
{
    *out = (struct issuers_open){0};
    for (size_t i = 0; i < config->issuers.n; i++) {
        enum err e = issuer_open(&config->issuers.items[i], &out->items[i], why);
        if (e) {
            issuers_close(out);
            return e;
        }
        out->n++;
    }
    return ERR_NONE;
}

void issuers_close(struct issuers_open *all)
{
    for (size_t i = 0; i < all->n; i++)
        oidc_free(all->items[i]);
    arena_release(&all->arena);
    *all = (struct issuers_open){0};
}

void issuers_stop(struct issuers_open *all)
{
    for (size_t i = 0; i < all->n; i++)
        oidc_stop(all->items[i]);
}

/* Kubernetes exchanges a link beside the file, and what is behind it: the whole folder. */
static const char *folder_of(struct arena *a, struct str file)
{
    size_t slash = file.len;
    while (slash > 0 && file.ptr[slash - 1] != '/')
        slash--;
    return slash > 1 ? arena_str(a, str_slice(file, 0, slash - 1)).ptr : ".";
}

void issuers_needs(const struct config *config, struct issuers_open *all, struct issuers_needs *out)
{
    *out = (struct issuers_needs){0};
    if (all->n)
        out->n_read = fetch_files(out->read);
    for (size_t i = 0; i < all->n; i++) {
        const struct issuer *issuer = &config->issuers.items[i];
        const struct str files[ISSUER_FILES] = {issuer->secret_file, issuer->key_file,
                                                issuer->certificate_file, issuer->assertion_file};
        for (size_t k = 0; k < ISSUER_FILES; k++)
            if (files[k].len)
                out->read[out->n_read++] = folder_of(&all->arena, files[k]);
        out->n_ports += oidc_ports(all->items[i], &out->ports[out->n_ports]);
    }
}
