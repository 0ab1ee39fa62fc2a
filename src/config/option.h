/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An option as data: the rows of options.def, and the texts that mean values.
 *
 *     30s  500ms  5m  2h  7d          times: a whole number and its unit
 *     512 B  256 KiB  16 MiB  1 GiB   sizes: powers of 1024, so that nobody has to guess
 *     60/1m  5/10s  0                 rates: so many in that time, or without limit
 *
 * A value is always text first (file, environment and default go one way); option_set checks it
 * against the row and stores it in its member of struct config. What is wrong is a sentence for an
 * operator, without a place: the caller knows where the text stood.
 *
 * Memory: values go into the config's arena, sentences into struct option_problem.
 * Threads: constant data and pure functions.
 */
#ifndef CONFIG_OPTION_H
#define CONFIG_OPTION_H

#include "config/config.h"

enum option_kind {
    OPTION_KIND_STR,
    OPTION_KIND_INT,
    OPTION_KIND_BOOL,
    OPTION_KIND_SIZE,
    OPTION_KIND_TIME
};

/* OPTION_server_listen and so on: the row's number. */
enum option_id {
#define OPTION_STR(section, key, ...)  OPTION_##section##_##key,
#define OPTION_INT(section, key, ...)  OPTION_##section##_##key,
#define OPTION_BOOL(section, key, ...) OPTION_##section##_##key,
#define OPTION_SIZE(section, key, ...) OPTION_##section##_##key,
#define OPTION_TIME(section, key, ...) OPTION_##section##_##key,
#include "config/options.def"
    OPTION_COUNT
};

enum { OPTION_PATH_MAX = 64, OPTION_TEXT_MAX = 1000 /* characters, where .most says nothing */ };

struct option_problem {
    char detail[200]; /* "“seven” is not a time" */
    char hint[200];
};

struct option {
    enum option_kind kind;
    const char *section, *key; /* "server_tls", "key_file" */
    const char *fallback;      /* the default, as written in the file; not for a text */
    const char *about;         /* whole sentences */
    size_t offset;             /* of the member in struct config */
    const char *least, *most;  /* as written; NULL: no limit of its own */
    const char *allowed;       /* "a|b|c" or NULL */
    bool required;             /* may not be empty */
    bool (*check)(struct str value, struct option_problem *problem); /* not asked about "" */
    const char *example;
    /* A text of the catalogues, "next.step_1", that this option replaces: in every language, or as
     * a map in each of its own. Without it the catalogues' stays. */
    const char *text;
};

struct option_section {
    const char *name; /* "server_tls" */
    const char *about;
};

extern const struct option options[OPTION_COUNT];
extern const struct option_section option_sections[];
extern const size_t option_sections_n;

/* "server.tls.key_file": section and key joined, levels as dots. key NULL: the section's path. */
struct str option_path(const char *section, const char *key, char out[OPTION_PATH_MAX]);

/* "ANTEROOM_SERVER__TLS__KEY_FILE" */
struct str option_variable(const struct option *option, char out[2 * OPTION_PATH_MAX]);

/* The row of that path, NULL when there is none. */
const struct option *option_find(struct str path);

/* The default as written in the file: for a text the English one. */
const char *option_fallback(const struct option *option);

/* Checks the text and stores its value; false with *problem filled when it cannot be. */
bool option_set(const struct option *option, struct str text, struct config *config,
                struct option_problem *problem);

bool option_parse_time(struct str text, int64_t *milliseconds);
bool option_parse_size(struct str text, int64_t *bytes);

/* At most 1000000, in a second to a day; "0" is 0 of them. */
bool option_parse_rate(struct str text, int64_t *count, int64_t *milliseconds);

/* A text from outside as it may stand in a sentence: at most 60 bytes, no control characters. */
enum { OPTION_SHOWN_MAX = 64 };
const char *option_shown(struct str text, char out[OPTION_SHOWN_MAX]);

#endif
