/* SPDX-License-Identifier: Apache-2.0 */
#include "core/token_verdict.h"

static const struct {
    const char *name, *text;
} verdicts[TOKEN_VERDICTS] = {
    [TOKEN_GOOD] = {"good", "The token is good."},
    [TOKEN_TOO_BIG] = {"too big", "The token is larger than 32 KiB. Have the provider put fewer "
                                  "groups or claims into it."},
    [TOKEN_SHAPE] = {"malformed", "It is not a signed token: three parts in base64url with JSON "
                                  "objects in them. Encrypted tokens are not taken."},
    [TOKEN_TWICE] = {"member twice", "A member stands in the token twice, so it could mean two "
                                     "things."},
    [TOKEN_TYPE] = {"wrong kind", "It is a token of another kind than the one asked for."},
    [TOKEN_CRITICAL] = {"unknown extension", "The token demands an extension that is not known "
                                             "here."},
    [TOKEN_ALGORITHM] = {"algorithm", "The token is signed by neither RS256 nor ES256. Set one of "
                                      "them for this client at the provider."},
    [TOKEN_KEY_UNKNOWN] = {"key unknown", "No key that the issuer publishes has the name and the "
                                          "algorithm that the token says."},
    [TOKEN_SIGNATURE] = {"signature", "The signature is not the issuer's."},
    [TOKEN_ISSUER] = {"issuer", "The token is from another issuer. Compare the option issuer with "
                                "what the provider's discovery document says, letter by letter."},
    [TOKEN_AUDIENCE] = {"audience", "The token is for somebody else. Compare the option client_id "
                                    "with the registration at the provider."},
    [TOKEN_PARTY] = {"authorized party", "The token was given to another client."},
    [TOKEN_NO_TIMES] = {"no times", "The token does not say when it was made and when it ends."},
    [TOKEN_EXPIRED] = {"expired", "The token has ended. If it was just made, the clock of this "
                                  "machine is ahead."},
    [TOKEN_NOT_YET] = {"not yet valid", "The token begins in the future: the clock of this machine "
                                        "is behind."},
    [TOKEN_NONCE] = {"nonce", "The token answers another sign-in than the one that was begun."},
    [TOKEN_SUBJECT] = {"subject", "The token does not say whom it is about."},
    [TOKEN_SCOPE] = {"scope", "The token does not have the scope that this needs."},
    [TOKEN_MFA] = {"second factor", "A second factor is demanded, and the token does not vouch for "
                                    "one. Demand it at the provider, and have it say so in the "
                                    "claims that the option mfa names."},
    [TOKEN_GROUPS_ELSEWHERE] =
        {"groups elsewhere", "The person is in more groups than the provider writes into a token. "
                             "Map app roles instead, or let the provider write only the groups "
                             "that are assigned to the application."},
    [TOKEN_NO_ROLE] = {"no role", "No row of the option roles matches the token. Assign a role or "
                                  "group to the person at the provider."},
};

const char *token_verdict_name(enum token_verdict v)
{
    return verdicts[v].name;
}

const char *token_verdict_text(enum token_verdict v)
{
    return verdicts[v].text;
}
