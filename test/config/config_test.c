/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include "base/buf.h"
#include "config/option.h"
#include "lib/expect.h"

#include <sys/stat.h>

/* ---- every option, from the file and from the environment
 * --------------------------------------*/

/* A value for each option that is not its default. */
static const char *const other_values[OPTION_COUNT] = {
    [OPTION_server_listen] = "*:8444",
    [OPTION_server_http_listen] = ":8080",
    [OPTION_server_public_url] = "https://clients.example.com",
    [OPTION_server_ops_listen] = "[::1]:9465",
    [OPTION_server_loops] = "3",
    [OPTION_server_trusted_proxies] = "10.0.0.0/8",
    [OPTION_server_proxy_header] = "forwarded",
    [OPTION_server_proxy_protocol] = "v2",
    [OPTION_server_sandbox] = "off",
    [OPTION_server_drain_time] = "9s",
    [OPTION_server_tls_certificate_file] = "/tls/cert.pem",
    [OPTION_server_tls_key_file] = "/tls/key.pem",
    [OPTION_limits_body_size] = "512 KiB",
    [OPTION_limits_header_size] = "32 KiB",
    [OPTION_limits_connections] = "100",
    [OPTION_limits_connections_per_client] = "50",
    [OPTION_limits_lag] = "0s",
    [OPTION_limits_request_time] = "20s",
    [OPTION_limits_idle_time] = "2m",
    [OPTION_limits_writer_queue] = "64",
    [OPTION_limits_writer_group] = "32",
    [OPTION_limits_rate_connect] = "6/1s",
    [OPTION_limits_rate_page] = "5/1s",
    [OPTION_limits_rate_submit] = "0",
    [OPTION_limits_rate_api] = "10/1h",
    [OPTION_data_directory] = "/var/lib/anteroom",
    [OPTION_form_draft_time] = "1d",
    [OPTION_form_duplicate_days] = "14",
    [OPTION_form_check_time] = "0s",
    [OPTION_form_challenge] = "always",
    [OPTION_form_challenge_rate] = "60/1m",
    [OPTION_form_challenge_wait] = "30s",
    [OPTION_form_language] = "EN",
    [OPTION_form_languages] = "en",
    [OPTION_form_reply_time] = "within two hours",
    [OPTION_form_next_1] = "Your request goes to the team for your industry.",
    [OPTION_form_next_2] = "We call you {reply_time}.",
    [OPTION_form_next_3] = "You get a written proposal.",
    [OPTION_form_consent_version] = "2026-11",
    [OPTION_brand_logo_file] = "logo.svg",
    [OPTION_brand_logo_dark_file] = "dark.png",
    [OPTION_brand_icon_file] = "icon.svg",
    [OPTION_brand_accent] = "#0b5d57",
    [OPTION_replica_url] = "file:///srv/replica",
    [OPTION_replica_mode] = "sync",
    [OPTION_limits_rate_signin] = "7/1m",
    [OPTION_auth_local] = "false",
    [OPTION_auth_mfa_roles] = "auditor, administrator",
    [OPTION_auth_session_idle] = "20m",
    [OPTION_auth_session_time] = "10h",
    [OPTION_replica_role] = "auto",
    [OPTION_replica_sync_for] = "api",
    [OPTION_replica_sync_time] = "20s",
    [OPTION_replica_levels] = "2s for 1h, 10s for 2d, 1h",
    [OPTION_replica_retention] = "90d",
    [OPTION_replica_account_key_file] = "/run/secrets/key",
    [OPTION_replica_sas_file] = "/run/secrets/sas",
    [OPTION_replica_endpoint] = "http://127.0.0.1:10000/account",
    [OPTION_replica_ca_file] = "/etc/ssl/ca.pem",
    [OPTION_replica_encryption_key_file] = "/run/secrets/replica-key",
    [OPTION_replica_encryption_only] = "true",
    [OPTION_replica_backlog] = "16 MiB",
    [OPTION_replica_restore] = "off",
    [OPTION_replica_snapshot_time] = "1h",
    [OPTION_replica_drill_time] = "7d",
    [OPTION_replica_takeover] = "true",
    [OPTION_form_consent_text] = "I agree that you keep this",
    [OPTION_brand_name] = "Müller & Söhne",
    [OPTION_brand_contact_email] = "hello@example.com",
    [OPTION_brand_contact_phone] = "+49 30 901820",
    [OPTION_telemetry_log_level] = "debug",
    [OPTION_telemetry_log_format] = "text",
};

/* What needs another beside it. */
static bool is_half(size_t id)
{
    return id == OPTION_server_tls_certificate_file || id == OPTION_server_tls_key_file ||
           id == OPTION_server_proxy_protocol;
}

static void assert_same(const struct option *o, const struct config *a, const struct config *b)
{
    const void *x = (const char *)a + o->offset, *y = (const char *)b + o->offset;
    if (o->kind == OPTION_KIND_STR)
        assert_true(str_eq(*(const struct str *)x, *(const struct str *)y));
    else
        assert_memory_equal(x, y, o->kind == OPTION_KIND_BOOL ? sizeof(bool) : sizeof(int64_t));
}

static void set_alone(struct config *config, size_t id)
{
    struct option_problem problem;
    assert_true(option_set(&options[id], str_from(other_values[id]), config, &problem));
}

/* "server:\n  tls:\n    key_file: …\n" */
static void write_path(struct buf *out, const struct option *o, const char *value)
{
    struct str rest = str_from(o->section), level;
    int depth = 0;
    buf_clear(out);
    for (; str_cut(&rest, '_', &level); depth += 2)
        buf_fmt(out, "%*s%.*s:\n", depth, "", STR_ARG(level));
    buf_fmt(out, "%*s%s: \"%s\"\n", depth, "", o->key, value);
}

static void each_option_alone(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 1000);
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        struct config plain, want, from_file, from_environment;
        struct why why = {0};
        char name[2 * OPTION_PATH_MAX], entry[300];
        assert_non_null(other_values[id]);
        if (is_half(id))
            continue;
        assert_int_equal(config_load(NULL, NULL, &plain, &why), ERR_NONE);
        assert_int_equal(config_load(NULL, NULL, &want, &why), ERR_NONE);
        set_alone(&want, id);

        write_path(&text, &options[id], other_values[id]);
        assert_int_equal(config_parse(buf_view(&text), "t", NULL, &from_file, &why), ERR_NONE);
        snprintf(entry, sizeof entry, "%s=%s", option_variable(&options[id], name).ptr,
                 other_values[id]);
        char *environment[] = {entry, NULL};
        assert_int_equal(config_load(NULL, environment, &from_environment, &why), ERR_NONE);

        for (size_t k = 0; k < OPTION_COUNT; k++) {
            assert_same(&options[k], &from_file, &want);
            assert_same(&options[k], &from_environment, &want);
            if (k != id)
                assert_same(&options[k], &from_file, &plain);
        }
        config_release(&plain);
        config_release(&want);
        config_release(&from_file);
        config_release(&from_environment);
    }
    buf_release(&text);
}

static void the_environment_wins(void **state)
{
    (void)state;
    struct config config;
    struct why why = {0};
    char *environment[] = {(char[]){"PATH=/bin"}, (char[]){"ANTEROOM_BRAND__NAME=From outside"},
                           (char[]){"ANTEROOM_SERVER__OPS_LISTEN="}, NULL};
    assert_int_equal(config_parse(STR("brand: {name: Inside}\n"), "t", environment, &config, &why),
                     ERR_NONE);
    assert_str(config.brand_name, "From outside");
    assert_int_equal(config.server_ops_listen.len, 0); /* set, and empty: off */
    config_release(&config);
}

static void defaults(void **state)
{
    (void)state;
    struct config config;
    struct why why = {0};
    static const char *const texts[] = {"",
                                        "# nothing\n",
                                        "---\n",
                                        "{}\n",
                                        "server:\nbrand:\n",
                                        "telemetry:\n  log:\n",
                                        "form:\n  choices:\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(config_parse(str_from(texts[i]), "t", NULL, &config, &why), ERR_NONE);
        assert_str(config.server_listen, "localhost:8443");
        assert_str(config.server_ops_listen, "127.0.0.1:9464");
        assert_str(config.data_directory, "./anteroom-data");
        assert_int_equal(config.limits_body_size, 256 * 1024);
        assert_int_equal(config.server_drain_time, 8000);
        assert_int_equal(config.form_draft_time, 7 * 86400 * 1000);
        assert_int_equal(config.rules.choices[CHOICE_NONE].n, 0);
        assert_true(config.rules.choices[CHOICE_INDUSTRY].n > 10);
        config_release(&config);
    }
}

/* ---- what is refused
 * ---------------------------------------------------------------------------*/

static void refused_files(void **state)
{
    (void)state;
    static const struct {
        const char *text, *detail, *hint;
    } rows[] = {
        {"server:\n  ops_lissen: \":1\"\n", "a.yaml:2:3: there is no option “server.ops_lissen”",
         "Did you mean server.ops_listen?"},
        {"listen: \":1\"\n", "a.yaml:1:1: there is no option “listen”",
         "Did you mean server.listen?"},
        {"nonsense: 1\n", "a.yaml:1:1: there is no option “nonsense”",
         "anteroom help config lists every option."},
        {"\"a\\e[31m\": 1\n", "a.yaml:1:1: there is no option “a?[31m”", "help config"},
        {"server.listen: \":1\"\n", "a.yaml:1:1: “server.listen” is two levels in one",
         "two spaces deeper"},
        {"server:\n  tls.key_file: x\n", "a.yaml:2:3: “tls.key_file” is two levels in one", ""},
        {"server: 8443\n", "a.yaml:1:9: server is a section, not a value", "name: value"},
        {"server:\n- listen\n", "a.yaml:2:1: server is a section, not a value", ""},
        {"- server\n", "a.yaml:1:1: a configuration is made of sections", ""},
        {"just words\n", "a.yaml:1:1: a configuration is made of sections", ""},
        {"server:\n  listen: [a, b]\n", "a.yaml:2:11: server.listen takes one value, not a list",
         ""},
        {"server:\n  listen:\n    port: 1\n",
         "a.yaml:3:5: server.listen takes one value, not a section", ""},
        {"server:\n  listen:\n", "a.yaml:2:10: server.listen: it may not be empty", ""},
        {"server:\n  public_url: ~\n", "a.yaml:2:15: server.public_url: “~” is no value",
         "Write \"\" for an empty text"},
        {"server:\n  public_url: null\n", "a.yaml:2:15: server.public_url: “null” is no value", ""},
        {"server:\n  loops: many\n", "a.yaml:2:10: server.loops: “many” is not a whole number",
         "digits only"},
        {"limits:\n  body_size: 256\n", "a.yaml:2:14: limits.body_size: “256” is not a size",
         "256 KiB"},
        {"limits: {idle_time: 30}\n", "a.yaml:1:21: limits.idle_time: “30” is not a time", "30s"},
        {"telemetry:\n  log:\n    level: loud\n",
         "a.yaml:3:12: telemetry.log.level: “loud” is not one of debug, info, warn or error", ""},
        {"telemetry: {log: info}\n", "a.yaml:1:18: telemetry.log is a section, not a value", ""},
        {"brand:\n  name: A\n  name: B\n", "a.yaml:3:3: “name” stands here twice, first in line 2",
         "Remove one of them."},
        {"brand: {name: A}\nbrand: {name: B}\n", "a.yaml:2:1: “brand” stands here twice", ""},
        {"server:\n  tls:\n    certificate_file: c.pem\n",
         "a.yaml:3:23: server.tls.certificate_file is set and server.tls.key_file is not",
         "Set both, or neither"},
        {"server:\n  tls:\n    key_file: k.pem\n",
         "a.yaml:3:15: server.tls.key_file is set and server.tls.certificate_file is not", ""},
        {"server: {proxy_protocol: v2}\n",
         "a.yaml:1:26: server.proxy_protocol is set and server.trusted_proxies is empty",
         "Name the addresses"},
        {"server:\n  ops_listen: localhost:8443\n",
         "a.yaml:2:15: server.listen and server.ops_listen are the same address", ""},
        {"server:\n  listen: 127.0.0.1:9464\n",
         "a.yaml:2:11: server.listen and server.ops_listen are the same address", ""},
        {"form: {choices: 5}\n", "a.yaml:1:17: form.choices is a section, not a value", ""},
        {"form: {choices: {colours: []}}\n",
         "a.yaml:1:18: there is no option “form.choices.colours”", ""},
        {"form: {choices: {timelines: []}}\n", "a.yaml:1:18: there is no option",
         "Did you mean form.choices.timeline?"},
        {"server: [\n", "a.yaml:2:1: did not find expected node content", "It is YAML"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct config config;
        struct why why = {0};
        enum err e = config_parse(str_from(rows[i].text), "a.yaml", NULL, &config, &why);
        if (e != ERR_CONFIG)
            print_error("taken: %s", rows[i].text);
        assert_int_equal(e, ERR_CONFIG);
        assert_str(str_slice(str_from(why.detail), 0, strlen(rows[i].detail)), rows[i].detail);
        assert_contains(why.hint, rows[i].hint);
        assert_null(config.arena.block);
        config_release(&config); /* allowed, and nothing */
    }
}

static void refused_variables(void **state)
{
    (void)state;
    static const struct {
        const char *entry, *detail, *hint;
    } rows[] = {
        {"ANTEROOM_SERVER__OPS_LISSEN=x", "ANTEROOM_SERVER__OPS_LISSEN: there is no such option",
         "Did you mean ANTEROOM_SERVER__OPS_LISTEN?"},
        {"ANTEROOM_SERVER_LISTEN=:1", "ANTEROOM_SERVER_LISTEN: a level is written with two “_”",
         "Did you mean ANTEROOM_SERVER__LISTEN?"},
        {"ANTEROOM_SERVER_TLS_KEY_FILE=x", "ANTEROOM_SERVER_TLS_KEY_FILE: a level is written",
         "ANTEROOM_SERVER__TLS__KEY_FILE"},
        {"ANTEROOM_server__listen=:1", "ANTEROOM_server__listen: there is no such option",
         "Did you mean ANTEROOM_SERVER__LISTEN?"},
        {"ANTEROOM_SERVER__LOOPS=x", "ANTEROOM_SERVER__LOOPS: “x” is not a whole number", "digits"},
        {"ANTEROOM_SERVER__LOOPS=", "ANTEROOM_SERVER__LOOPS: a value is missing", ""},
        {"ANTEROOM_SERVER__LOOPS", "ANTEROOM_SERVER__LOOPS: a value is missing", ""},
        {"ANTEROOM_BRAND__NAME=\xFF", "ANTEROOM_BRAND__NAME: the text is not UTF-8", ""},
        {"ANTEROOM_FORM__CHOICES__INDUSTRY=x",
         "ANTEROOM_FORM__CHOICES__INDUSTRY: lists of choices and fields come from the file only",
         "choices:"},
        {"ANTEROOM_FORM__EXTRA_FIELDS=x",
         "ANTEROOM_FORM__EXTRA_FIELDS: lists of choices and fields come from the file only",
         "extra_fields:"},
        {"ANTEROOM_TOTALLY__ELSEWHERE=x", "ANTEROOM_TOTALLY__ELSEWHERE: there is no such option",
         "anteroom help config"},
        {"ANTEROOM___=x", "ANTEROOM___: there is no such option", ""},
        {"ANTEROOM_SERVER__TLS__KEY_FILE=k", "ANTEROOM_SERVER__TLS__KEY_FILE: server.tls.key_file",
         "Set both"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct config config;
        struct why why = {0};
        char entry[100];
        snprintf(entry, sizeof entry, "%s", rows[i].entry);
        char *environment[] = {entry, NULL};
        assert_int_equal(config_load(NULL, environment, &config, &why), ERR_CONFIG);
        assert_str(str_slice(str_from(why.detail), 0, strlen(rows[i].detail)), rows[i].detail);
        assert_contains(why.hint, rows[i].hint);
    }
}

/* What Kubernetes and others put there is not ours to refuse. */
static void variables_left_alone(void **state)
{
    (void)state;
    char *environment[] = {(char[]){"ANTEROOM_CONFIG=/etc/anteroom.yaml"},
                           (char[]){"ANTEROOM_PORT=tcp://10.0.0.1:443"},
                           (char[]){"ANTEROOM_SERVICE_HOST=10.0.0.1"},
                           (char[]){"ANTEROOM_PORT_443_TCP_ADDR=x"},
                           (char[]){"ANTEROOM_=x"},
                           (char[]){"anteroom_server__listen=x"},
                           (char[]){"MY_ANTEROOM_SERVER__LISTEN=x"},
                           NULL};
    struct config config;
    struct why why = {0};
    assert_int_equal(config_load(NULL, environment, &config, &why), ERR_NONE);
    config_release(&config);
}

/* ---- choices
 * -----------------------------------------------------------------------------------*/

static void choices_replace_the_list(void **state)
{
    (void)state;
    struct config config;
    struct why why = {0};
    struct str text = STR("form:\n  choices:\n    timeline:\n"
                          "      - {value: this-year_1, label: \" This ye\u0301ar \"}\n"
                          "      - value: not_sure\n        label: Not sure\n");
    assert_int_equal(config_parse(text, "t", NULL, &config, &why), ERR_NONE);
    struct choices list = config.rules.choices[CHOICE_TIMELINE];
    assert_int_equal(list.n, 2);
    assert_str(list.items[0].value, "this-year_1");
    assert_str(list.items[0].label, "This y\u00E9ar");
    assert_str(list.items[1].label, "Not sure");
    assert_true(config.rules.choices[CHOICE_BUDGET].n > 3); /* the others stay */
    config_release(&config);
}

static void refused_choices(void **state)
{
    (void)state;
    static const struct {
        const char *list, *detail; /* of form.choices.timeline, from column 31 on */
    } rows[] = {
        {"x", "a:1:28: form.choices.timeline is a list"},
        {"{value: x, label: X}", "a:1:28: form.choices.timeline is a list"},
        {"[]", "a:1:28: form.choices.timeline needs 1–100 entries"},
        {"[x]", "a:1:29: a choice needs a value and a label"},
        {"[[x]]", "a:1:29: a choice needs a value and a label"},
        {"[{value: x}]", "a:1:29: a choice needs a value and a label"},
        {"[{label: X}]", "a:1:29: a choice needs a value and a label"},
        {"[{value: x, label: X, colour: red}]", "a:1:50: a choice has no “colour”"},
        {"[{value: [x], label: X}]", "a:1:37: “value” takes a text"},
        {"[{value: x, label: {}}]", "a:1:47: the label is a text, or 1–32 of them by language"},
        {"[{value: X, label: X}]", "a:1:37: “X” cannot be a value"},
        {"[{value: 'a b', label: X}]", "a:1:37: “a b” cannot be a value"},
        {"[{value: é, label: X}]", "a:1:37: “é” cannot be a value"},
        {"[{value: '', label: X}]", "a:1:37: “” cannot be a value"},
        {"[{value: a1234567890123456789012345678901234567890, label: X}]", "a:1:37: “a1234567890"},
        {"[{value: x, label: X}, {value: x, label: Y}]",
         "a:1:59: the value “x” stands in this list twice"},
        {"[{value: x, label: ' '}]", "a:1:47: the label is empty"},
        {"[{value: x, label: \"a\\nb\"}]", "a:1:47: the label holds a control character"},
        {"[{value: x, label: "
         "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"
         "890123456789012345678901234567890}]",
         "a:1:47: the label is too long: at most 120 characters"},
        {"[{value: x, label: X}]",
         "a:1:28: form.choices.timeline needs an entry with the value “not_sure”"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct config config;
        struct why why = {0};
        char text[400];
        snprintf(text, sizeof text, "form: {choices: {timeline: %s}}", rows[i].list);
        assert_int_equal(config_parse(str_from(text), "a", NULL, &config, &why), ERR_CONFIG);
        assert_str(str_slice(str_from(why.detail), 0, strlen(rows[i].detail)), rows[i].detail);
    }
}

static void a_hundred_choices(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 100000);
    for (int n = 100; n <= 101; n++) {
        struct config config;
        struct why why = {0};
        buf_clear(&text);
        buf_str(&text, STR("form:\n  choices:\n    service_type:\n"));
        for (int i = 0; i < n; i++)
            buf_fmt(&text, "    - {value: v%d, label: L}\n", i);
        assert_int_equal(config_parse(buf_view(&text), "a", NULL, &config, &why),
                         n == 100 ? ERR_NONE : ERR_CONFIG);
        config_release(&config);
    }
    buf_release(&text);
}

/* ---- the file itself
 * ---------------------------------------------------------------------------*/

static char folder[] = "/tmp/anteroom-config-XXXXXX";
static char path[sizeof folder + 20];

static int make_folder(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "%s/a.yaml", mkdtemp(folder) ? folder : "");
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void write_file(const char *bytes, size_t n)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static void from_a_file(void **state)
{
    (void)state;
    struct config config;
    struct why why = {0};
    static const char text[] = "brand:\n  name: From a file\n";
    write_file(text, sizeof text - 1);
    assert_int_equal(config_load(path, NULL, &config, &why), ERR_NONE);
    assert_str(config.brand_name, "From a file");
    assert_string_equal(config.brand_name.ptr, "From a file");
    config_release(&config);
    assert_int_equal(config.brand_name.len, 0);
}

static void files_that_cannot_be(void **state)
{
    (void)state;
    struct config config;
    struct why why = {0};
    char want[200];
    unlink(path);
    assert_int_equal(config_load(path, NULL, &config, &why), ERR_CONFIG);
    snprintf(want, sizeof want, "%s: No such file or directory", path);
    assert_string_equal(why.detail, want);
    assert_contains(why.hint, "anteroom init");
    assert_int_equal(config_load(folder, NULL, &config, &why), ERR_CONFIG);
    assert_contains(why.detail, "Is a directory");

    static char much[CONFIG_FILE_MAX + 1];
    memset(much, '#', sizeof much);
    write_file(much, CONFIG_FILE_MAX);
    assert_int_equal(config_load(path, NULL, &config, &why), ERR_NONE);
    config_release(&config);
    write_file(much, sizeof much);
    assert_int_equal(config_load(path, NULL, &config, &why), ERR_CONFIG);
    assert_contains(why.detail, "larger than 1 MiB");

    if (geteuid() == 0)
        return; /* root may read everything */
    chmod(path, 0);
    assert_int_equal(config_load(path, NULL, &config, &why), ERR_CONFIG);
    assert_contains(why.detail, "Permission denied");
}

/* ---- the operator's texts ------------------------------------------------------------------- */

static void texts_of_one_s_own(void **state)
{
    (void)state;
    static const char yaml[] = "form:\n"
                               "  language: de\n"
                               "  reply_time: {en: within an hour, de: innerhalb einer Stunde}\n"
                               "  next_1: Somebody reads it.\n"
                               "  texts:\n"
                               "    en:\n"
                               "      start.heading: <b>Hello</b>\n"
                               "      form: {left: {one: \"{n} left\", other: \"{n} more\"}}\n"
                               "      start: {lead: \"Go on with {brand}.\"}\n"
                               "    ar:\n"
                               "      start.heading: مرحبًا\n"
                               "  choices:\n"
                               "    timeline:\n"
                               "      - {value: soon, label: {en: Soon, de: Bald}}\n"
                               "      - {value: not_sure, label: \"?\"}\n";
    struct config config;
    struct why why = {0};
    if (config_parse(str_from(yaml), "t", NULL, &config, &why) != ERR_NONE)
        fail_msg("%s", why.detail);
    const struct words *en = &config.words[LANGUAGE_EN], *de = &config.words[LANGUAGE_DE];
    assert_str(words_say(en, TEXT_START_HEADING), "<b>Hello</b>"); /* a page escapes it */
    assert_str(words_say(&config.words[LANGUAGE_AR], TEXT_START_HEADING), "مرحبًا");
    assert_str(words_form(en, TEXT_FORM_LEFT, 1), "{n} left");
    assert_str(words_form(en, TEXT_FORM_LEFT, 2), "{n} more");
    assert_str(words_say(en, TEXT_START_LEAD), "Go on with {brand}.");
    assert_str(words_say(en, TEXT_NEXT_REPLY_TIME), "within an hour");
    assert_str(words_say(de, TEXT_NEXT_REPLY_TIME), "innerhalb einer Stunde");
    assert_str(words_say(de, TEXT_NEXT_STEP_1), "Somebody reads it."); /* plain: in all of them */
    assert_str(config.rules.choices[CHOICE_TIMELINE].items[0].label, "Bald");
    assert_str(config.local[LANGUAGE_EN].choices[CHOICE_TIMELINE].items[0].label, "Soon");
    assert_str(config.local[LANGUAGE_AR].choices[CHOICE_TIMELINE].items[0].label, "Soon");
    assert_str(config.local[LANGUAGE_EN].choices[CHOICE_TIMELINE].items[1].label, "?");
    assert_str(config.rules.fields[FIELD_COMPANY_NAME].label, "Name des Unternehmens");
    config_release(&config);
}

static void refused_texts(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *detail, *hint;
    } rows[] = {
        {"{xx: {start.heading: a}}", "t:2:11: there is no catalogue for “xx”", "There are en"},
        {"{en: {start.headin: a}}", "t:2:16: there is no text “start.headin”",
         "Did you mean start.heading?"},
        {"{en: {zzzzzzzzzzzz: a}}", "there is no text", "assets/texts/en.yaml"},
        {"{en: {language.direction: rtl}}", "there is no text “language.direction”", ""},
        {"{en: {start.lead: Hello}}", "t:2:28: start.lead lacks {brand}", "brand, in braces"},
        {"{en: {start.heading: \"{brand}\"}}", "start.heading has no {brand}", "no placeholders"},
        {"{en: {start.heading: \"\"}}", "start.heading is empty", ""},
        {"{en: {start.heading: \"a\\x07\"}}", "start.heading holds a control character", ""},
        {"{en: {start.heading: [a]}}", "start.heading is a text", ""},
        {"{en: {form.left: a}}", "form.left depends on a number: exactly the forms one, other", ""},
        {"{en: {form.left: {one: a, few: b}}}", "exactly the forms one, other", ""},
        {"{en: {form.left: {other: b}}}", "exactly the forms one, other", ""},
        {"{en: a}", "the texts of a language are a map", ""},
        {"[a]", "form.texts is a map of languages", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char yaml[200];
        struct config config;
        struct why why = {0};
        snprintf(yaml, sizeof yaml, "form:\n  texts: %s\n", rows[i].yaml);
        assert_int_equal(config_parse(str_from(yaml), "t", NULL, &config, &why), ERR_CONFIG);
        if (!strstr(why.detail, rows[i].detail) || !strstr(why.hint, rows[i].hint))
            fail_msg("%s: %s (%s)", rows[i].yaml, why.detail, why.hint);
    }
}

static void levels_of_the_replica_are_read(void **state)
{
    (void)state;
    struct config config;
    struct why why;
    assert_int_equal(config_parse(STR(""), "t", NULL, &config, &why), ERR_NONE);
    assert_int_equal(config.levels.n, 3);
    assert_int_equal(config.levels.items[0].span_ms, 1000);
    assert_int_equal(config.levels.items[1].keep_ms, 7 * 24 * 3600 * 1000LL);
    assert_int_equal(config.levels.items[2].span_ms, 300 * 1000);
    assert_int_equal(config.levels.items[2].keep_ms, 30 * 24 * 3600 * 1000LL);
    config_release(&config);
    static const struct {
        const char *levels, *said;
    } wrong[] = {
        {"\"\"", "it may not be empty"},
        {"5m for 1h", "“5m for 1h” is not a level"},
        {"1s, 5m", "“1s” is not a level"},
        {"500ms", "“500ms” is not a level"},
        {"1s for, 5m", "“1s for” is not a level"},
        {"1s for 24h, 1s for 24h, 5m", "is not a multiple"},
        {"2s for 24h, 5s for 24h, 5m", "is not a multiple"},
        {"1s for 24h, 2s for 1h, 4s", "is kept for less"},
        {"1s for 24h, 2s for 40d, 4s", "replica.retention is shorter"},
        {"60d", "replica.retention is shorter"},
        {"1s for 1h, 2s for 1h, 4s for 1h, 8s for 1h, 16s for 1h, 32s for 1h, 64s for 1h, "
         "128s for 1h, 256s",
         "one level too many"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[256];
        snprintf(text, sizeof text, "replica: {levels: \"%s\"}",
                 wrong[i].levels[0] == '"' ? "" : wrong[i].levels);
        assert_int_equal(config_parse(str_from(text), "t", NULL, &config, &why), ERR_CONFIG);
        if (!strstr(why.detail, wrong[i].said))
            fail_msg("%s: %s", wrong[i].levels, why.detail);
    }
    assert_int_equal(
        config_parse(STR("replica: {levels: \"1m\", retention: 1h}"), "t", NULL, &config, &why),
        ERR_NONE);
    assert_int_equal(config.levels.n, 1);
    assert_int_equal(config.levels.items[0].keep_ms, 3600 * 1000);
    config_release(&config);
}

static void who_waits_is_chosen(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned sync;
    } cases[] = {
        {"", 0},
        {"replica: {sync_for: \"form\"}", 0},
        {"replica: {mode: sync}", SYNC_FORM | SYNC_API},
        {"replica: {mode: sync, sync_for: \"api\"}", SYNC_API},
        {"replica: {mode: sync, sync_for: \"staff\"}", SYNC_STAFF},
        {"replica: {mode: sync, sync_for: \" form ,api\"}", SYNC_FORM | SYNC_API},
    };
    struct config config;
    struct why why;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(config_parse(str_from(cases[i].text), "t", NULL, &config, &why), ERR_NONE);
        assert_int_equal(config.sync, cases[i].sync);
        config_release(&config);
    }
    assert_int_equal(
        config_parse(STR("replica: {sync_for: \"form, web\"}"), "t", NULL, &config, &why),
        ERR_CONFIG);
    assert_non_null(strstr(why.detail, "“web” is not one of them"));
}

static void languages_are_chosen(void **state)
{
    (void)state;
    struct config config;
    struct why why = {0};
    assert_int_equal(
        config_parse(STR("form: {language: de, languages: \"de, en\"}"), "t", NULL, &config, &why),
        ERR_NONE);
    assert_int_equal(config.language, LANGUAGE_DE);
    assert_int_equal(config.languages, 1U << LANGUAGE_DE | 1U << LANGUAGE_EN);
    config_release(&config);
    assert_int_equal(
        config_parse(STR("form: {language: de, languages: en}"), "t", NULL, &config, &why),
        ERR_CONFIG);
    assert_non_null(strstr(why.detail, "t:1:33: form.languages: form.language, de, is not among"));
    assert_int_equal(config_parse(STR("form: {language: tlh}"), "t", NULL, &config, &why),
                     ERR_CONFIG);
    assert_non_null(strstr(why.detail, "t:1:18: form.language: there is no catalogue for “tlh”"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_option_alone),
        cmocka_unit_test(the_environment_wins),
        cmocka_unit_test(defaults),
        cmocka_unit_test(refused_files),
        cmocka_unit_test(refused_variables),
        cmocka_unit_test(variables_left_alone),
        cmocka_unit_test(choices_replace_the_list),
        cmocka_unit_test(refused_choices),
        cmocka_unit_test(texts_of_one_s_own),
        cmocka_unit_test(refused_texts),
        cmocka_unit_test(levels_of_the_replica_are_read),
        cmocka_unit_test(who_waits_is_chosen),
        cmocka_unit_test(languages_are_chosen),
        cmocka_unit_test(a_hundred_choices),
        cmocka_unit_test(from_a_file),
        cmocka_unit_test(files_that_cannot_be),
    };
    return cmocka_run_group_tests_name("config", tests, make_folder, remove_folder);
}
