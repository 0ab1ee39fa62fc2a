/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is read of a replica beside its LTX files: the notes of a blob ("key value" a line, as a
 * directory keeps them), names, the time of a blob as Azure says it, and what an interrupted
 * restore left, and which state a database file is.
 */
#include "base/must.h"
#include "replicate/destination_azure.h"
#include "replicate/ltx_name.h"
#include "replicate/notes.h"
#include "replicate/position.h"
#include "replicate/restore_place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken for notes is what we would write for the same. */
static void notes(struct arena *a, struct str text)
{
    struct destination_notes from = {.n = 0};
    struct notes first, second;
    struct str line, key;
    while (from.n < DESTINATION_NOTES_MAX && str_cut(&text, '\n', &line))
        if (str_cut(&line, ' ', &key) && line.ptr)
            from.items[from.n++] = (struct destination_note){key, line};
    if (notes_read(STR("ltx/0/x"), &from, &first, NULL) != ERR_NONE)
        return;
    must(first.at_ms >= 0 && strlen(first.writer) == NOTES_WRITER_SIZE - 1);
    struct destination_notes written = notes_write(a, &first);
    must(notes_read(STR("ltx/0/x"), &written, &second, NULL) == ERR_NONE);
    must(second.at_ms == first.at_ms && second.epoch == first.epoch &&
         second.dbsum == first.dbsum && second.filesum == first.filesum &&
         second.audit.seq == first.audit.seq &&
         memcmp(&second.audit.hash, &first.audit.hash, sizeof first.audit.hash) == 0);
}

static void name(struct str text)
{
    struct ltx_name name;
    char again[LTX_NAME_SIZE];
    if (ltx_name_read(text, &name))
        must(str_eq(ltx_name_write(&name, again), text));
}

static void state(struct str text)
{
    struct restore_state s;
    if (!restore_state_read(text, STR("file:///r"), &s))
        return;
    must(s.txid && s.txid <= s.to && s.pages && s.page_size >= 512 && s.page_size <= 65536);
    must((s.page_size & (s.page_size - 1)) == 0);
}

static void position(struct str text)
{
    struct position p;
    if (!position_parse(text, STR("file:///r"), &p))
        return;
    must(p.txid && p.pages && p.page_size >= 512 && p.page_size <= 65536);
    must((p.page_size & (p.page_size - 1)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = ARENA_INIT;
    struct str text = str_of(data, size);
    notes(&a, text);
    name(text);
    state(text);
    position(text);
    azure_time_ms(text);
    arena_release(&a);
    return 0;
}
