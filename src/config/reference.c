/* SPDX-License-Identifier: Apache-2.0 */
/* What operators read about the options: the example file and the reference page. */
#include "base/buf.h"
#include "base/json.h"
#include "base/utf8.h"
#include "config/choices.h"
#include "config/extra.h"
#include "config/option.h"

enum { COLUMNS = 100 };

static const char *const kind_names[] = {
    [OPTION_KIND_STR] = "text",           [OPTION_KIND_INT] = "whole number",
    [OPTION_KIND_BOOL] = "true or false", [OPTION_KIND_SIZE] = "size",
    [OPTION_KIND_TIME] = "time",
};

static void spaces(struct buf *out, size_t n)
{
    while (n-- > 0)
        buf_byte(out, ' ');
}

/* The words of text in lines of at most COLUMNS columns, each indented and behind the mark. */
static void wrapped(struct buf *out, size_t indent, const char *mark, const char *text)
{
    struct str rest = str_from(text), word;
    size_t column = 0;
    while (str_cut(&rest, ' ', &word)) {
        size_t width = utf8_length(word);
        bool fits = column > 0 && column + 1 + width <= COLUMNS;
        if (column > 0)
            buf_byte(out, fits ? ' ' : '\n');
        if (!fits) {
            spaces(out, indent);
            buf_str(out, str_from(mark));
            column = indent + strlen(mark);
        } else {
            column++;
        }
        buf_str(out, word);
        column += width;
    }
    buf_byte(out, '\n');
}

/* As a YAML value: texts in double quotes, which JSON's escapes suit; the rest is plain. */
static void yaml_value(struct buf *out, const struct option *o, const char *text)
{
    if (o->kind == OPTION_KIND_STR)
        json_quote(out, str_from(text));
    else
        buf_str(out, str_from(text));
}

/* "From 1s to 10m." and the like as a sentence; false when there is nothing to say. */
static bool limits(struct buf *out, const struct option *o)
{
    if (o->allowed) {
        struct str rest = str_from(o->allowed), one;
        buf_str(out, STR("One of "));
        for (bool first = true; str_cut(&rest, '|', &one); first = false) {
            buf_str(out, first ? STR("") : rest.ptr ? STR(", ") : STR(" and "));
            buf_str(out, one);
        }
        buf_byte(out, '.');
    } else if (o->least && o->most) {
        buf_fmt(out, "From %s to %s.", o->least, o->most);
    } else if (o->most) {
        buf_fmt(out, "At most %s characters.", o->most);
    }
    return o->allowed || o->most;
}

/* ---- the example ------------------------------------------------------------------------------*/

/* The levels of a section that the one before it does not share, each on its line. */
static size_t example_section(struct buf *out, const char *before,
                              const struct option_section *section)
{
    struct str rest = str_from(section->name), earlier = str_from(before), level, other;
    size_t indent = 0;
    bool shared = true;
    while (str_cut(&rest, '_', &level)) {
        shared = str_cut(&earlier, '_', &other) && shared && str_eq(level, other);
        if (!shared) {
            buf_byte(out, '\n');
            if (!rest.ptr)
                wrapped(out, indent, "# ", section->about);
            spaces(out, indent);
            buf_fmt(out, "%.*s:\n", STR_ARG(level));
        }
        indent += 2;
    }
    return indent;
}

static void example_option(struct buf *out, size_t indent, const struct option *o)
{
    /* A text that stands here would stand there in every language. */
    spaces(out, indent);
    buf_fmt(out, "%s%s: ", o->text ? "# " : "", o->key);
    yaml_value(out, o, option_fallback(o));
    buf_byte(out, '\n');
}

static void example_about(struct buf *out, size_t indent, const struct option *o)
{
    struct buf sentence;
    buf_init(&sentence, 512);
    wrapped(out, indent, "# ", o->about);
    if (limits(&sentence, o))
        wrapped(out, indent, "# ", buf_cstring(&sentence));
    buf_release(&sentence);
    if (o->example) {
        spaces(out, indent);
        buf_fmt(out, "# For instance: %s: ", o->key);
        yaml_value(out, o, o->example);
        buf_byte(out, '\n');
    }
}

/* Of a built-in choice, in English. */
static struct str label_of(enum choice_list list, struct str value)
{
    char key[OPTION_PATH_MAX + CHOICE_VALUE_MAX];
    int n = snprintf(key, sizeof key, "choice.%s.%.*s", choices_info[list].key, STR_ARG(value));
    return text_catalogue[LANGUAGE_EN][text_find(str_of(key, (size_t)n))].all;
}

static void example_choices(struct buf *out)
{
    buf_str(out, STR("\n"));
    wrapped(out, 2, "# ",
            "What visitors choose from. A list here replaces the built-in one whole. value is what "
            "is stored (a–z, 0–9, _ and -): never change one that is in use. label is what people "
            "read.");
    buf_str(out, STR("  # choices:\n"));
    for (enum choice_list list = CHOICE_NONE + 1; list < CHOICE_LISTS; list++) {
        const struct choices_info *info = &choices_info[list];
        wrapped(out, 2, "#   # ", info->about);
        buf_fmt(out, "  #   %s:\n", info->key);
        for (size_t i = 0; i < info->n; i++) {
            buf_fmt(out, "  #     - {value: %.*s, label: ", STR_ARG(info->items[i].value));
            json_quote(out, label_of(list, info->items[i].value));
            buf_str(out, STR("}\n"));
        }
    }
}

static void example_extras(struct buf *out)
{
    buf_str(out, STR("\n"));
    wrapped(out, 2, "# ",
            "Questions of your own, at most 32: they are asked, checked, stored, listed and taken "
            "by the API like the others. docs/how-to/add-an-extra-field.md has one of each type.");
    buf_str(out, STR("  # For instance:\n"
                     "  #   - id: vat_number\n"
                     "  #     type: line\n"
                     "  #     step: company\n"
                     "  #     label: \"VAT number\"\n"
                     "  extra_fields: []\n"));
}

static void example_issuers(struct buf *out)
{
    buf_str(out, STR("\n"));
    wrapped(out, 2, "# ",
            "OpenID Connect issuers that the team signs in with, at most 8. "
            "docs/how-to/sign-in-with-entra-id.md goes through it.");
    buf_str(out, STR("  # For instance:\n"
                     "  #   - id: entra\n"
                     "  #     label: Microsoft\n"
                     "  #     issuer: https://login.microsoftonline.com/TENANT/v2.0\n"
                     "  #     client_id: 11111111-2222-3333-4444-555555555555\n"
                     "  #     client_secret_file: /etc/anteroom/entra.secret\n"
                     "  #     roles:\n"
                     "  #       - {claim: roles, value: Onboarding.Agent, role: agent}\n"
                     "  oidc: []\n"));
}

void config_write_example(struct buf *out)
{
    const char *before = "";
    wrapped(out, 0, "# ",
            "The configuration of Anteroom. Every option stands here with its default; what you "
            "leave out keeps it. anteroom check --config FILE says whether it is right, anteroom "
            "serve --config FILE uses it.");
    buf_str(out, STR("#\n"));
    wrapped(
        out, 0, "# ",
        "Each option can also come from the environment, which wins over the file: server.listen "
        "is ANTEROOM_SERVER__LISTEN, with two _ between levels. Times are written 500ms, 30s, "
        "5m, 2h, 7d; sizes 512 B, 256 KiB, 16 MiB, 1 GiB.");
    for (size_t i = 0; i < option_sections_n; i++) {
        const struct option_section *section = &option_sections[i];
        size_t indent = example_section(out, before, section);
        bool first = true;
        for (size_t k = 0; k < OPTION_COUNT; k++) {
            if (strcmp(options[k].section, section->name) != 0)
                continue;
            if (!first)
                buf_byte(out, '\n');
            first = false;
            example_about(out, indent, &options[k]);
            example_option(out, indent, &options[k]);
        }
        if (strcmp(section->name, "form") == 0) {
            example_choices(out);
            example_extras(out);
        }
        if (strcmp(section->name, "auth") == 0)
            example_issuers(out);
        before = section->name;
    }
}

/* ---- the reference ----------------------------------------------------------------------------*/

static void reference_option(struct buf *out, const struct option *o)
{
    char path[OPTION_PATH_MAX], variable[2 * OPTION_PATH_MAX];
    option_path(o->section, o->key, path);
    option_variable(o, variable);
    buf_fmt(out, "\n### `%s`\n\n", path);
    wrapped(out, 0, "", o->about);
    buf_str(out, STR("\n- Default: "));
    if (option_fallback(o)[0])
        buf_fmt(out, "`%s`\n", option_fallback(o));
    else
        buf_str(out, STR("empty\n"));
    buf_fmt(out, "- Variable: `%s`\n- Kind: %s%s.%s", variable, kind_names[o->kind],
            o->required ? ", not empty" : "", o->allowed || o->most ? " " : "");
    limits(out, o);
    buf_byte(out, '\n');
    if (o->example)
        buf_fmt(out, "- For instance: `%s`\n", o->example);
}

static void reference_choices(struct buf *out)
{
    buf_str(out, STR("\n## form.choices\n\n"));
    wrapped(
        out, 0, "",
        "What visitors choose from: lists, in the file only. A list there replaces the built-in "
        "one whole. An entry has a `value`, which is stored (1–40 of a–z, 0–9, `_` and `-`; "
        "never change one that is in use), and a `label`, which people read (1–120 characters). "
        "1–100 entries, each value once.");
    buf_str(out, STR("\n```yaml\nform:\n  choices:\n    timeline:\n"
                     "      - {value: this_year, label: \"This year\"}\n"
                     "      - {value: not_sure, label: \"Not sure yet\"}\n```\n"));
    for (enum choice_list list = CHOICE_NONE + 1; list < CHOICE_LISTS; list++) {
        const struct choices_info *info = &choices_info[list];
        buf_fmt(out, "\n### `form.choices.%s`\n\n", info->key);
        wrapped(out, 0, "", info->about);
        buf_str(out, STR("\n| value | label |\n|---|---|\n"));
        for (size_t i = 0; i < info->n; i++)
            buf_fmt(out, "| `%.*s` | %.*s |\n", STR_ARG(info->items[i].value),
                    STR_ARG(label_of(list, info->items[i].value)));
    }
}

static void reference_texts(struct buf *out)
{
    buf_str(out, STR("\n## form.texts\n\n"));
    wrapped(out, 0, "",
            "Your own words in place of the built-in ones, by language and key: in the file only. "
            "The keys are those of `assets/texts/en.yaml`; a text has the same `{placeholders}` "
            "there and here, and one that depends on a number has a form for each plural category "
            "of its language. What is written here is shown as it is: it cannot hold HTML.");
    buf_str(out, STR("\n```yaml\nform:\n  texts:\n    en:\n"
                     "      start.heading: Welcome. What can we do for you?\n"
                     "      start.lead: \"Two steps, and {brand} knows what you need.\"\n"
                     "    de:\n      start.heading: Willkommen. Was können wir für Sie tun?\n"
                     "```\n"));
}

static void reference_extras(struct buf *out)
{
    buf_str(out, STR("\n## form.extra_fields\n\n"));
    wrapped(out, 0, "",
            "Questions of your own: a list, in the file only, at most 32 fields, with 8,000 "
            "characters of text and 300 choices together. A field has:");
    buf_str(out, STR("\n| key | takes | |\n|---|---|---|\n"));
    for (size_t i = 0; i < EXTRA_KEYS; i++) {
        const struct extra_key *key = &extra_keys[i];
        buf_fmt(out, "| `%s`%s | %s | %s |\n", key->name, key->required ? " (required)" : "",
                key->takes, key->about);
    }
    buf_byte(out, '\n');
    wrapped(out, 0, "",
            "Texts by language are a map: `{en: VAT number, de: Umsatzsteuer-ID}`. A language that "
            "is not in it gets the first one. There are no patterns: browser and server must agree "
            "on every answer, and a regular expression can make either run for ever.");
    buf_str(out, STR("\n```yaml\nform:\n  extra_fields:\n"
                     "    - id: offices\n"
                     "      type: number\n"
                     "      step: company\n"
                     "      label: \"Number of offices\"\n"
                     "      privacy: business\n"
                     "      max: 500\n"
                     "      after: company_size\n```\n"));
}

static void reference_issuers(struct buf *out)
{
    buf_str(out, STR("\n## auth.oidc\n\n"));
    wrapped(out, 0, "",
            "OpenID Connect issuers that the team signs in with: a list, in the file only, at most "
            "8. Signed tokens are taken with RS256 and ES256. An issuer has:");
    buf_str(out, STR("\n| key | takes | default | |\n|---|---|---|---|\n"));
    for (size_t i = 0; i < ISSUER_KEYS; i++) {
        const struct issuer_key *key = &issuer_keys[i];
        const char *tick = key->fallback ? "`" : "";
        buf_fmt(out, "| `%s`%s | %s | %s%s%s | %s |\n", key->name,
                key->required ? " (required)" : "", key->takes, tick,
                key->fallback ? key->fallback : "", tick, key->about);
    }
    buf_str(out, STR("\n```yaml\nauth:\n  oidc:\n"
                     "    - id: entra\n"
                     "      label: {en: Microsoft, de: Microsoft}\n"
                     "      issuer: https://login.microsoftonline.com/TENANT/v2.0\n"
                     "      client_id: 11111111-2222-3333-4444-555555555555\n"
                     "      client_assertion_file: "
                     "/var/run/secrets/azure/tokens/azure-identity-token\n"
                     "      mfa: required\n"
                     "      roles:\n"
                     "        - {claim: roles, value: Onboarding.Admin, role: administrator}\n"
                     "        - {claim: roles, value: Onboarding.Agent, role: agent}\n```\n"));
}

void config_write_reference(struct buf *out)
{
    buf_str(out, STR("# Configuration\n\n"));
    wrapped(
        out, 0, "",
        "Nothing has to be configured: with no file at all the server runs on "
        "`https://localhost:8443` with a self-signed certificate. `anteroom init` writes a file "
        "with every option, `anteroom check --config FILE` reads one and says what is wrong.");
    buf_byte(out, '\n');
    wrapped(out, 0, "",
            "A value comes from the environment, else from the file that `--config` or "
            "`ANTEROOM_CONFIG` names, else it is the default. No file is looked for by itself. The "
            "file is YAML in UTF-8, at most 1 MiB: one document, without anchors, aliases, merge "
            "keys and tags. An unknown key, a wrong value and a key that stands twice are refused "
            "with line and column, and so is a variable with `__` that names no option.");
    buf_byte(out, '\n');
    wrapped(out, 0, "",
            "Times are a whole number and a unit, `ms`, `s`, `m`, `h` or `d`: `30s`. Sizes are a "
            "whole number and a unit, `B`, `KiB`, `MiB` or `GiB`: `256 KiB`. Paths are relative to "
            "where the server is started.");
    buf_byte(out, '\n');
    wrapped(out, 0, "", "This page is made from `src/config/options.def` by `make docs`.");
    for (size_t i = 0; i < option_sections_n; i++) {
        char path[OPTION_PATH_MAX];
        option_path(option_sections[i].name, NULL, path);
        buf_fmt(out, "\n## %s\n\n", path);
        wrapped(out, 0, "", option_sections[i].about);
        for (size_t k = 0; k < OPTION_COUNT; k++)
            if (strcmp(options[k].section, option_sections[i].name) == 0)
                reference_option(out, &options[k]);
        if (strcmp(option_sections[i].name, "form") == 0) {
            reference_choices(out);
            reference_texts(out);
            reference_extras(out);
        }
        if (strcmp(option_sections[i].name, "auth") == 0)
            reference_issuers(out);
    }
}
