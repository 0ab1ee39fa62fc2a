/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drafts: answers saved at every "Continue", readable only with the key in the visitor's cookie.
 *
 *     __Host-anteroom-draft = base64url( id[16] ‖ key[32] )            in the browser
 *     row  id → AES-256-GCM(key, aad = id, content)                    in the store
 *     content = u8 version 1 ‖ u8 finished steps, a bit each; 128: paid for ‖ the form, urlencoded
 *
 * The store never sees the key, the browser never holds the answers; an abandoned draft is noise to
 * everyone. Once the form is sent the row keeps the Client ID and its content is erased: Back,
 * reload and a second click all lead to the same confirmation.
 *
 * Threads: the request's loop.
 */
#ifndef WEB_DRAFT_H
#define WEB_DRAFT_H

#include "core/form.h"
#include "store/reader.h"
#include "store/writer.h"

struct request;

enum { DRAFT_KEY_SIZE = 32 };

struct draft_handle {
    struct draft_id id;
    unsigned char key[DRAFT_KEY_SIZE];
};

struct visitor_draft {
    bool exists;    /* there is a row, and the cookie's key opens it (or it has been sent) */
    bool sent;      /* then client_id and sent_ms tell */
    bool returning; /* the browser brought a cookie, whatever it was worth */
    struct draft_handle handle; /* of the cookie; a new one when there was none */
    uint64_t revision;
    int64_t expires_ms;
    unsigned finished; /* FORM_STEP bits */
    bool paid;         /* begun or continued with a proof of work (proof.h) */
    unsigned ever;     /* … that were finished at any time */
    struct form form;
    struct client_id client_id;
    int64_t sent_ms;
};

/* The browser brings a cookie of ours, whatever it is worth. */
bool draft_is_returning(const struct request *r);

/* Reads the visitor's draft. Fails only when the store does. */
enum err draft_load(struct request *r, struct visitor_draft *out, struct why *why);

/*
 * The draft of a handle that came another way than by cookie (a resume link). ERR_MISSING when it
 * has expired, never existed, or the key does not open it.
 */
enum err draft_open(struct request *r, const struct draft_handle *handle, struct visitor_draft *out,
                    struct why *why);

/* The handle as text: the cookie's value, and the secret part of a resume link. */
struct str draft_token(struct arena *a, const struct draft_handle *handle);

/* The job's rows for saving: seals form and finished steps. */
void draft_fill_job(struct request *r, const struct visitor_draft *draft, struct arena *a,
                    struct job *job);

/* Sets the cookie that opens the draft / takes it away. */
void draft_set_cookie(struct request *r, const struct visitor_draft *draft);
void draft_clear_cookie(struct request *r);

/* Reads a cookie's value; false when it is not one of ours. Separate for fuzzing. */
bool draft_parse_cookie(struct arena *a, struct str value, struct draft_handle *out);

/* Reads opened content; false when it is not what draft_fill_job wrote. What is no longer asked is
 * passed over. Separate for fuzzing. */
bool draft_parse_content(struct arena *a, const struct form_rules *rules, struct str content,
                         unsigned *finished, bool *paid, struct form *form);

#endif
