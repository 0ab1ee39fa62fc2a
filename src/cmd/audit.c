/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/text.h"
#include "cmd/audit_heads.h"
#include "cmd/command.h"
#include "config/config.h"
#include "core/audit_head.h"
#include "net/signature.h"
#include "store/audit_log.h"
#include "store/reader.h"

#include <inttypes.h>
#include <limits.h>
#include <unistd.h>

/*
 * anteroom audit verify: walks the hash chain, and with --head compares it with signed heads that
 * were kept elsewhere: a chain that was rewritten as a whole, or cut at its end, is right in itself
 * and shows only against them. anteroom audit head: the newest one, signed, and what checks it.
 */

enum { HEADS_FILE_MAX = 64 << 20 };

struct audit_call {
    const char *config_file, *data_dir, *head_file, *key_file;
    struct config config;
    struct reader *reader;
    struct arena arena;
};

static const char *key_path(const struct audit_call *c, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%.*s/keys/audit.key", STR_ARG(c->config.data_directory));
    return out;
}

static enum err read_text(struct arena *a, const char *path, struct str *out, struct why *why)
{
    static const char op[] = "read the file";
    *out = STR_EMPTY;
    bool standard = strcmp(path, "-") == 0;
    FILE *f = standard ? stdin : fopen(path, "rb");
    if (!f)
        return err_set(why, ERR_USAGE, op, "%s cannot be opened", path);
    struct buf text;
    char piece[65536];
    buf_init(&text, HEADS_FILE_MAX);
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        buf_str(&text, str_of(piece, n));
    bool whole = !ferror(f) && buf_ok(&text);
    *out = whole ? arena_str(a, buf_view(&text)) : STR_EMPTY;
    buf_release(&text);
    if (!standard)
        fclose(f);
    return whole ? ERR_NONE
                 : err_set(why, ERR_USAGE, op, "%s cannot be read, or is over 64 MiB", path);
}

/* ---- head ----------------------------------------------------------------------------------- */

static enum err tell_head(struct audit_call *c, struct why *why)
{
    char path[PATH_MAX];
    struct audit_head head;
    struct signing_key *key = NULL;
    struct str token;
    enum err e = reader_audit_head(c->reader, &head, why);
    if (!e)
        e = audit_heads_key(key_path(c, path), &key, why);
    if (!e)
        e = audit_heads_sign(key, &c->arena, &head, clock_wall_ms(), &token, why);
    if (!e) {
        struct str hash = text_hex(&c->arena, str_of(head.hash.bytes, AUDIT_HASH_SIZE));
        struct str public = audit_heads_public(key, &c->arena);
        printf("event   %" PRIu64 "\nhash    %.*s\nsigned  %.*s\nkey     %.*s\n", head.seq,
               STR_ARG(hash), STR_ARG(token), STR_ARG(public));
    }
    signing_key_free(key);
    return e;
}

/* ---- verify --------------------------------------------------------------------------------- */

/* The key that checks signatures: of a file, or of this data directory. */
static enum err checking_key(struct audit_call *c, struct jwk *out, struct why *why)
{
    struct str text;
    struct jwks set;
    struct signing_key *key = NULL;
    char path[PATH_MAX];
    if (c->key_file) {
        enum err e = read_text(&c->arena, c->key_file, &text, why);
        if (e)
            return e;
        if (!jwks_read(&c->arena, text, &set) || set.n != 1 || set.keys[0].algorithm != JWS_ES256) {
            e = err_set(why, ERR_USAGE, "read the key", "%s is no key of audit head", c->key_file);
            err_hint(why, "Keep the line behind \"key\" of: anteroom audit head");
            return e;
        }
        *out = set.keys[0];
        return ERR_NONE;
    }
    if (access(key_path(c, path), R_OK) != 0) {
        enum err e = err_set(why, ERR_MISSING, "read the key", "there is no %s", path);
        err_hint(why, "Name the public key, as anteroom audit head prints it, with --key.");
        return e;
    }
    enum err e = audit_heads_key(path, &key, why);
    if (!e && !signing_key_public(key, &c->arena, out))
        e = err_set(why, ERR_CONFIG, "read the key", "%s is no key of ours", path);
    signing_key_free(key);
    return e;
}

/* One head against the chain, which is right in itself. */
static enum err compare(struct audit_call *c, const struct jwk *key, struct str token,
                        struct why *why)
{
    static const char op[] = "compare with the signed heads";
    struct jws jws;
    struct audit_head head;
    struct audit_hash stored;
    struct str at;
    if (jws_read(&c->arena, token, JWS_ID_TOKEN, &jws) != TOKEN_GOOD ||
        !signature_is_good(key, jws.signed_bytes, jws.signature) ||
        !audit_head_read(&c->arena, jws.payload, &head, &at)) {
        enum err e = err_set(why, ERR_DATA, op, "%.24s… was not signed with this key",
                             arena_str(&c->arena, token).ptr);
        err_hint(why, "Was the head changed, or is it of another server? --key names its key.");
        return e;
    }
    if (!head.seq)
        return ERR_NONE;
    enum err e = reader_audit_hash(c->reader, head.seq, &stored, why);
    if (e == ERR_MISSING) {
        e = err_set(why, ERR_DATA, op, "event %" PRIu64 " was there on %.*s and is gone", head.seq,
                    STR_ARG(at));
        err_hint(why, "The end of the chain was cut off, or this is an older copy.");
    } else if (!e && memcmp(&stored, &head.hash, sizeof stored) != 0) {
        e = err_set(why, ERR_DATA, op,
                    "event %" PRIu64 " is another one than on %.*s: something up to it was changed",
                    head.seq, STR_ARG(at));
        err_hint(why, "Compare with a replica from before; the heads that agree tell how far.");
    }
    return e;
}

static enum err compare_all(struct audit_call *c, uint64_t *n, struct why *why)
{
    struct str text, token;
    struct jwk key;
    size_t at = 0;
    *n = 0;
    enum err e = read_text(&c->arena, c->head_file, &text, why);
    if (!e)
        e = checking_key(c, &key, why);
    while (!e && audit_head_next(text, &at, &token)) {
        e = compare(c, &key, token, why);
        *n += !e;
    }
    if (!e && !*n) {
        e = err_set(why, ERR_USAGE, "compare with the signed heads", "%s holds none", c->head_file);
        err_hint(why, "Name a log of the server, or what anteroom audit head printed.");
    }
    return e;
}

static enum err verify(struct audit_call *c, struct why *why)
{
    struct audit_report report = {0};
    uint64_t heads = 0;
    enum err e = reader_audit_verify(c->reader, &report, why);
    if (!e && c->head_file)
        e = compare_all(c, &heads, why);
    if (e)
        return e;
    struct str head = text_hex(&c->arena, str_of(report.head.bytes, AUDIT_HASH_SIZE));
    printf("%" PRIu64 " events, each follows from the one before it.\nhead %.*s\n", report.events,
           STR_ARG(head));
    if (c->head_file)
        printf("%" PRIu64 " signed head%s.\n", heads, heads == 1 ? " agrees" : "s agree");
    return ERR_NONE;
}

/* ---- the command ---------------------------------------------------------------------------- */

int cmd_audit(int argc, char **argv)
{
    struct audit_call c = {0};
    const struct option_spec specs[] = {
        {"--config", &c.config_file, NULL},
        {"--data", &c.data_dir, NULL},
        {"--head", &c.head_file, NULL},
        {"--key", &c.key_file, NULL},
    };
    struct why why = {0};
    bool is_head = argc > 1 && strcmp(argv[1], "head") == 0;
    if (argc < 2 || (!is_head && strcmp(argv[1], "verify") != 0)) {
        enum err e = err_set(&why, ERR_USAGE, "understand the command line",
                             "audit has two things to do: verify and head");
        err_hint(&why, "Try: anteroom audit verify");
        return command_failed(e, &why);
    }
    argc--;
    argv++;
    enum err e = command_options(&argc, &argv, specs, (is_head ? 2 : 4), &why);
    if (e == ERR_NONE)
        e = command_no_more(argc, argv, &why);
    if (e == ERR_NONE && c.key_file && !c.head_file)
        e = err_set(&why, ERR_USAGE, "understand the command line", "--key goes with --head");
    if (e != ERR_NONE)
        return command_failed(e, &why);
    int code = command_config(c.config_file, c.data_dir, &c.config);
    if (code)
        return code;
    e = reader_open_directory(c.config.data_directory.ptr, &c.reader, &why);
    if (e == ERR_NONE)
        e = is_head ? tell_head(&c, &why) : verify(&c, &why);
    reader_close(c.reader);
    arena_release(&c.arena);
    config_release(&c.config);
    return e == ERR_NONE ? 0 : command_failed(e, &why);
}
