/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/must.h"
#include "base/text.h"
#include "replicate/sealed_inner.h"

static const char op[] = "read the notes of a file of the replica";
static const unsigned char no_nonce[AEAD_NONCE_SIZE]; /* each key is used once */

enum { TEXT_MAX = DESTINATION_NOTES_MAX * (2 * DESTINATION_NOTE_MAX + 2) };

/* Stock tools restore by the first; the other two are drawn numbers and a count. */
static const struct str open_keys[] = {STR_INIT("litestreamtimestamp"), STR_INIT("writer"),
                                       STR_INIT("epoch")};
enum { OPEN_N = sizeof open_keys / sizeof *open_keys };

static const struct str sealed_keys_of_notes[SEALED_NOTES_MAX] = {
    STR_INIT("sealed"), STR_INIT("sealed2"), STR_INIT("sealed3")};

static bool is_open(struct str key)
{
    for (size_t i = 0; i < OPEN_N; i++)
        if (str_eq(open_keys[i], key))
            return true;
    return false;
}

static void write_note(struct buf *out, const struct destination_note *note)
{
    buf_fmt(out, "%.*s %.*s\n", STR_ARG(note->key), STR_ARG(note->value));
}

/* What the key follows from: the use, the name, the readable notes in a fixed order. */
static struct aead *open_aead(const struct sealed_key *key, struct str salt, struct str name,
                              const struct destination_notes *notes)
{
    struct buf use;
    unsigned char derived[AEAD_KEY_SIZE];
    buf_init(&use, TEXT_MAX + 2 * DESTINATION_NAME_MAX);
    buf_bytes(&use, "anteroom replica note", sizeof "anteroom replica note");
    buf_str(&use, name);
    buf_byte(&use, '\0');
    for (size_t k = 0; k < OPEN_N; k++)
        for (size_t i = 0; i < notes->n; i++)
            if (str_eq(notes->items[i].key, open_keys[k]))
                write_note(&use, &notes->items[i]);
    must(buf_ok(&use));
    aead_derive(str_of(key->bytes, sizeof key->bytes), salt, buf_view(&use), derived,
                sizeof derived);
    struct aead *aead = aead_new(derived);
    explicit_bzero(derived, sizeof derived);
    buf_release(&use);
    return aead;
}

/* One text as notes of the size that a note may have. */
static bool cut(struct str text, struct destination_notes *out)
{
    for (size_t i = 0; i < SEALED_NOTES_MAX && text.len; i++) {
        if (out->n == DESTINATION_NOTES_MAX)
            return false;
        out->items[out->n++] = (struct destination_note){sealed_keys_of_notes[i],
                                                         str_slice(text, 0, DESTINATION_NOTE_MAX)};
        text = str_slice(text, DESTINATION_NOTE_MAX, text.len);
    }
    return text.len == 0;
}

enum err sealed_notes(struct arena *a, const struct sealed_keys *keys, struct str name,
                      const struct destination_notes *notes,
                      const unsigned char salt[SEALED_NOTE_SALT_SIZE],
                      struct destination_notes *out, struct why *why)
{
    const struct sealed_key *key = &keys->items[0];
    struct buf text;
    *out = (struct destination_notes){.n = 0};
    buf_init(&text, TEXT_MAX);
    for (size_t i = 0; i < notes->n; i++) {
        if (is_open(notes->items[i].key))
            out->items[out->n++] = notes->items[i];
        else
            write_note(&text, &notes->items[i]);
    }
    must(buf_ok(&text));
    size_t n = SEALED_NOTE_SALT_SIZE + text.len + AEAD_TAG_SIZE;
    unsigned char *bytes = arena_alloc(a, n);
    memcpy(bytes, salt, SEALED_NOTE_SALT_SIZE);
    struct aead *aead = open_aead(key, str_of(salt, SEALED_NOTE_SALT_SIZE), name, out);
    aead_seal(aead, no_nonce, STR_EMPTY, buf_view(&text), bytes + SEALED_NOTE_SALT_SIZE);
    aead_free(aead);
    buf_release(&text);
    struct str whole =
        arena_fmt(a, "%.*s.%.*s", STR_ARG(text_hex(a, str_of(key->id, sizeof key->id))),
                  STR_ARG(text_base64url(a, str_of(bytes, n))));
    return cut(whole, out)
               ? ERR_NONE
               : err_set(why, ERR_TOO_BIG, "put a file into the replica",
                         "the notes of %.*s are too long to be encrypted", STR_ARG(name));
}

/* "key value\n" for each; they are authentic, so a wrong one is a defect of whoever wrote them. */
static bool read_text(struct str text, struct destination_notes *out)
{
    struct str line, key;
    while (text.len && str_cut(&text, '\n', &line)) {
        if (out->n == DESTINATION_NOTES_MAX || !str_cut(&line, ' ', &key) || !line.ptr)
            return false;
        out->items[out->n++] = (struct destination_note){key, line};
    }
    return true;
}

/* Decrypts it; false when it, the readable notes or the name were changed. */
static bool open_note(struct arena *a, const struct sealed_key *key, struct str name,
                      struct str sealed, struct destination_notes *notes)
{
    struct str bytes;
    if (!text_unbase64url(a, sealed, &bytes) || bytes.len < SEALED_NOTE_SALT_SIZE + AEAD_TAG_SIZE)
        return false;
    struct str rest = str_slice(bytes, SEALED_NOTE_SALT_SIZE, bytes.len);
    char *text = arena_alloc(a, rest.len);
    struct aead *aead = open_aead(key, str_slice(bytes, 0, SEALED_NOTE_SALT_SIZE), name, notes);
    bool right = aead_open(aead, no_nonce, STR_EMPTY, rest, text);
    aead_free(aead);
    return right && read_text(str_of(text, rest.len - AEAD_TAG_SIZE), notes);
}

/* What cut() has cut. */
static struct str join(struct arena *a, const struct destination_notes *notes, bool *found)
{
    struct str whole = STR_EMPTY;
    *found = false;
    for (size_t k = 0; k < SEALED_NOTES_MAX; k++)
        for (size_t i = 0; i < notes->n; i++)
            if (str_eq(notes->items[i].key, sealed_keys_of_notes[k])) {
                whole = arena_fmt(a, "%.*s%.*s", STR_ARG(whole), STR_ARG(notes->items[i].value));
                *found = true;
            }
    return whole;
}

enum err sealed_notes_open(struct arena *a, const struct sealed_keys *keys, struct str name,
                           struct destination_notes *notes, bool *found, size_t *key,
                           struct why *why)
{
    struct destination_notes out = {.n = 0};
    struct str sealed = join(a, notes, found), id;
    unsigned char id_bytes[SEALED_ID_SIZE];
    if (!*found)
        return ERR_NONE;
    for (size_t i = 0; i < notes->n; i++)
        if (is_open(notes->items[i].key))
            out.items[out.n++] = notes->items[i];
    if (str_cut(&sealed, '.', &id) && text_unhex(id, id_bytes, sizeof id_bytes)) {
        enum err e = sealed_find_key(keys, id_bytes, name, key, why);
        if (e)
            return e;
        if (sealed.ptr && open_note(a, &keys->items[*key], name, sealed, &out)) {
            *notes = out;
            return ERR_NONE;
        }
    }
    return err_set(why, ERR_DATA, op, "%.*s: its notes were changed, or are another file's",
                   STR_ARG(name));
}
