/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One verb on one place, for scripts; the place as destination_test.c has it from the environment,
 * with PLACE_KEY, and PLACE_TIMEOUT_MS.
 *
 *     place VERB [NAME [TEXT]] [+ VERB [NAME [TEXT]]]…      on one connection, one after the other
 *     put NAME TEXT · look NAME · get NAME · list PREFIX · delete NAME[,NAME]… · lease NAME HOLDER
 *     wait MS
 *
 * Prints one line of JSON per verb: {"error":"conflict","retry_ms":0,"text":…,"why":…}.
 */
#include "base/buf.h"
#include "base/json.h"
#include "replicate/sealed.h"

static struct str setting(const char *name)
{
    return str_from(getenv(name));
}

static enum err collect(void *context, const void *bytes, size_t n, struct why *why)
{
    (void)why;
    buf_bytes(context, bytes, n);
    return ERR_NONE;
}

static enum err list(struct destination *d, struct arena *a, struct str prefix, struct buf *out,
                     struct why *why)
{
    struct destination_blob *blobs;
    struct str after = STR("");
    size_t n;
    enum err e;
    do {
        e = destination_list(d, a, prefix, after, &blobs, &n, why);
        for (size_t i = 0; e == ERR_NONE && i < n; i++)
            buf_fmt(out, "%s%.*s", out->len ? " " : "", STR_ARG(blobs[i].name));
        after = e == ERR_NONE && n ? blobs[n - 1].name : after;
    } while (e == ERR_NONE && n == DESTINATION_LIST_MAX);
    return e;
}

static enum err look(struct destination *d, struct arena *a, struct str name, struct buf *out,
                     struct why *why)
{
    struct destination_blob b;
    enum err e = destination_look(d, a, name, &b, why);
    if (e == ERR_NONE)
        buf_fmt(out, "%llu", (unsigned long long)b.size);
    for (size_t i = 0; e == ERR_NONE && i < b.notes.n; i++)
        buf_fmt(out, " %.*s=%.*s", STR_ARG(b.notes.items[i].key), STR_ARG(b.notes.items[i].value));
    return e;
}

static enum err delete_all(struct destination *d, struct arena *a, struct str list, struct why *why)
{
    struct str *names = arena_new_array(a, struct str, list.len + 1);
    size_t n = 0;
    while (str_cut(&list, ',', &names[n]))
        n++;
    return destination_delete(d, names, n, why);
}

static enum err pause_for(struct str ms)
{
    uint64_t n = 0;
    str_to_u64(ms, &n);
    const struct timespec t = {.tv_sec = (time_t)(n / 1000), .tv_nsec = (long)(n % 1000) * 1000000};
    nanosleep(&t, NULL);
    return ERR_NONE;
}

static enum err run(struct destination *d, struct arena *a, const struct str words[3],
                    struct buf *out, struct why *why)
{
    const struct destination_notes notes = {.items = {{STR("writer"), STR("me")}}, .n = 1};
    if (str_eq(words[0], STR("put")))
        return destination_put(d, words[1], &words[2], 1, &notes, why);
    if (str_eq(words[0], STR("look")))
        return look(d, a, words[1], out, why);
    if (str_eq(words[0], STR("get")))
        return destination_get(d, words[1], 0, UINT64_MAX, collect, out, why);
    if (str_eq(words[0], STR("list")))
        return list(d, a, words[1], out, why);
    if (str_eq(words[0], STR("delete")))
        return delete_all(d, a, words[1], why);
    if (str_eq(words[0], STR("lease")))
        return destination_lease(d, words[1], words[2], 15, why);
    if (str_eq(words[0], STR("wait")))
        return pause_for(words[1]);
    return err_set(why, ERR_USAGE, "run", "no such verb: %.*s", STR_ARG(words[0]));
}

static void say(enum err e, int64_t retry_ms, struct str text, const struct why *why)
{
    struct buf line;
    struct json j;
    buf_init(&line, 1024 * 1024);
    json_init(&j, &line);
    json_object(&j, NULL);
    json_str(&j, "error", str_from(e == ERR_NONE ? "none" : err_name(e)));
    json_int(&j, "retry_ms", retry_ms);
    json_str(&j, "text", text);
    json_str(&j, "why", str_from(why->detail));
    json_str(&j, "hint", str_from(why->hint));
    json_end(&j);
    puts(buf_cstring(&line));
    fflush(stdout);
    buf_release(&line);
}

int main(int argc, char **argv)
{
    struct arena a = ARENA_INIT;
    struct destination *d;
    struct why why = {0};
    uint64_t timeout_ms = 0;
    str_to_u64(setting("PLACE_TIMEOUT_MS"), &timeout_ms);
    struct sealed_keys keys;
    bool sealed = sealed_keys_read(setting("PLACE_KEY"), &keys, NULL) == ERR_NONE;
    const struct destination_options options = {
        .url = setting("PLACE_URL"),
        .timeout_ms = (int64_t)timeout_ms,
        .account_key = setting("PLACE_ACCOUNT_KEY"),
        .sas = setting("PLACE_SAS"),
        .endpoint = setting("PLACE_ENDPOINT"),
        .ca_file = setting("PLACE_CA_FILE"),
        .keys = sealed ? &keys : NULL,
    };
    enum err e = destination_open(&options, &d, &why);
    if (e != ERR_NONE) {
        say(e, 0, STR(""), &why);
        return 0;
    }
    for (int i = 1; i < argc; i++) {
        struct str words[3] = {0};
        struct buf out;
        buf_init(&out, 1024 * 1024);
        for (int n = 0; i < argc && strcmp(argv[i], "+") != 0; i++)
            if (n < 3)
                words[n++] = str_from(argv[i]);
        why = (struct why){0};
        e = run(d, &a, words, &out, &why);
        say(e, destination_retry_ms(d), buf_view(&out), &why);
        buf_release(&out);
    }
    destination_free(d);
    arena_release(&a);
    return 0;
}
