/* SPDX-License-Identifier: Apache-2.0 */
#include "config/issuer.h"

#define AT(member) offsetof(struct issuer, member)
/* id is the first member, and its offset is no mark of "no text". */
#define NO_TEXT SIZE_MAX

const struct issuer_key issuer_keys[ISSUER_KEYS] = {
    {"id", true, AT(id), NULL, "1–32 of a–z, 0–9 and -, a letter first",
     "Its name in addresses: register `https://YOUR-HOST/auth/oidc/ID/callback` as redirect URI at "
     "the provider. Never change one that is in use."},
    {"label", true, NO_TEXT, NULL, "text or texts by language, at most 60 characters",
     "What the button says: Sign in with …"},
    {"issuer", true, AT(issuer), NULL, "an https URL",
     "Exactly as the provider's discovery document says, which is at this URL with "
     "`/.well-known/openid-configuration` behind it."},
    {"client_id", true, AT(client_id), NULL, "text", "What the provider calls this application."},
    {"client_secret_file", false, AT(secret_file), NULL, "a path",
     "A file with the client's secret. One of the three files at most; without any the client is a "
     "public one."},
    {"client_secret_in", false, AT(secret_in), "header", "header or body",
     "How the secret is sent: `client_secret_basic` or `client_secret_post`."},
    {"client_key_file", false, AT(key_file), NULL, "a path",
     "A PEM file with a private key, RSA or P-256, that signs who we are (`private_key_jwt`)."},
    {"client_certificate_file", false, AT(certificate_file), NULL, "a path",
     "The certificate of that key, when the provider knows keys by certificates, as Entra ID "
     "does."},
    {"client_key_id", false, AT(key_id), NULL, "text",
     "The name (`kid`) of that key, when the provider knows keys by names."},
    {"client_assertion_file", false, AT(assertion_file), NULL, "a path",
     "A file that somebody else keeps a token in for us, as Workload Identity does on Kubernetes: "
     "`/var/run/secrets/azure/tokens/azure-identity-token`. There is no secret then."},
    {"scopes", false, AT(scopes), "openid profile email", "scopes with spaces between",
     "What is asked for; `openid` must be among them."},
    {"roles", false, NO_TEXT, NULL, "a list of {claim: …, value: …, role: …}",
     "Who gets which role: the first row counts whose claim is the value, or a list that holds it. "
     "`email` counts only when the provider has verified it. At most 64 rows. The role is taken "
     "anew at each sign-in."},
    {"default_role", false, AT(default_role), "none", "none or a role",
     "The role of whom no row matches. With none they are refused."},
    {"mfa", false, AT(mfa), "optional", "optional or required",
     "Whether the provider must vouch for a second factor."},
    {"mfa_claims", false, NO_TEXT, NULL, "a list of {claim: …, value: …}",
     "What vouches for a second factor; one of them is enough. Without it: `amr` holds `mfa`. When "
     "it is required, `acr` and others are asked for at the provider."},
    {"clock_skew", false, AT(skew), "2m", "a time, at most 10m",
     "How far the provider's clock may differ from ours."},
    {"api_audience", false, AT(api_audience), NULL, "text",
     "The audience of access tokens of this issuer that the API takes as bearer tokens. Without "
     "it: none."},
    {"ca_file", false, AT(ca_file), NULL, "a path",
     "PEM certificates of authorities to trust instead of the system's."},
};
