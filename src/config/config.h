/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration: one const struct, from defaults, then a YAML file, then the environment.
 *
 * options.def is the one table of options: path, type, default, explanation. From it come this
 * struct, the reader, the environment names (server.ops_listen is ANTEROOM_SERVER__OPS_LISTEN),
 * what `anteroom init` writes, and docs/reference/configuration.md. Lists of choices are read by
 * choices.c and come from the file only.
 *
 * An unknown key, a wrong type or value, a key twice: ERR_CONFIG with file, line and column
 * ("anteroom.yaml:12:3: …") and, for a misspelt key, the nearest right name. The same for a name in
 * the environment that begins with ANTEROOM_ and holds "__", or that is an option's name with one
 * "_" too few. Other ANTEROOM_ names are left alone: Kubernetes puts ANTEROOM_PORT and the like
 * there by itself when a Service is called anteroom.
 *
 * Owner: config_release frees all texts. Threads: read-only after loading.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "base/arena.h"
#include "base/err.h"
#include "config/extra.h"
#include "config/issuer.h"
#include "config/replica.h"
#include "core/form.h"
#include "core/words.h"

enum { CONFIG_FILE_MAX = 1024 * 1024 }; /* bytes */

struct config {
    struct arena arena; /* owns every text below */
    /* One member per row: server.ops_listen is server_ops_listen. Texts are NUL-terminated views,
     * empty when not set; numbers int64_t; switches bool; sizes in bytes; times in milliseconds. */
#define OPTION_STR(section, key, ...)  struct str section##_##key;
#define OPTION_INT(section, key, ...)  int64_t section##_##key;
#define OPTION_BOOL(section, key, ...) bool section##_##key;
#define OPTION_SIZE(section, key, ...) int64_t section##_##key;
#define OPTION_TIME(section, key, ...) int64_t section##_##key;
#include "config/options.def"
    const struct localized
        *labels[CHOICE_LISTS];    /* of choices in the file, as the rules have them */
    struct words *words;          /* LANGUAGE_COUNT of them, the operator's texts put in */
    unsigned sync;                /* SYNC_ bits: whose answers wait for the replica */
    struct replica_levels levels; /* of the replica */
    unsigned languages;           /* those that are offered, a bit each */
    enum language language;       /* the default */
    struct extras extras;         /* form.extra_fields, in every language */
    struct issuers issuers;       /* auth.oidc */
    struct form_rules local[LANGUAGE_COUNT]; /* what is asked, in each language */
    struct form_rules rules;                 /* and in the default one */
};

/*
 * path may be NULL: defaults and environment only. environment: as environ(7), or NULL for none.
 * On failure *out is empty; releasing it is allowed and does nothing.
 */
enum err config_load(const char *path, char *const *environment, struct config *out,
                     struct why *why);

/* The same from YAML text at hand; name is what errors call it. Does no I/O. */
enum err config_parse(struct str text, const char *name, char *const *environment,
                      struct config *out, struct why *why);

void config_release(struct config *config);

/* The commented example with every option at its default: what `anteroom init` writes. */
struct buf;
void config_write_example(struct buf *out);

/* The reference page (Markdown), from the same table. */
void config_write_reference(struct buf *out);

#endif
