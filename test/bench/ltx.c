/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What LTX costs beside what it cannot do without: copying memory, and LZ4 alone on the same pages.
 *
 *     ltx [MIB [ROUNDS]]         the median of the rounds, in MB of database a second
 *
 * The pages are like ours: text of many words in rows, some of it random, about 3:1. Encoder and
 * decoder keep every checksum. Everything stays in memory.
 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/random.h"
#include "replicate/crc64.h"
#include "replicate/ltx_checksum.h"
#include "replicate/ltx_decode.h"
#include "replicate/ltx_encode.h"
#include "replicate/sealed.h"

enum { PAGE = 4096, ROUNDS_MAX = 99 };

struct work {
    unsigned char *pages, *copy;
    size_t n; /* bytes */
    struct buf file;
    struct ltx_encoder encoder;
    struct ltx_unpacker unpacker;
    struct ltx_decoder decoder;
    struct sealed_file sealed;
    size_t packed;
    uint64_t sum; /* so that nothing is optimised away */
};

static void check(enum err err, const struct why *why)
{
    if (!err)
        return;
    fprintf(stderr, "cannot %s: %s\n", why->op, why->detail);
    exit(1);
}

static void do_copy(struct work *w)
{
    for (size_t at = 0; at < w->n; at += PAGE)
        memcpy(w->copy + at, w->pages + at, PAGE);
    w->sum += w->copy[w->n - 1];
}

static void do_tables(struct work *w)
{
    for (size_t at = 0; at < w->n; at += PAGE)
        w->sum += crc64_by_tables(0, w->pages + at, PAGE);
}

static void do_crc(struct work *w)
{
    for (size_t at = 0; at < w->n; at += PAGE)
        w->sum += crc64(0, w->pages + at, PAGE);
}

static void do_pack(struct work *w)
{
    w->packed = 0;
    for (size_t at = 0; at < w->n; at += PAGE)
        w->packed += ltx_pack(&w->encoder.packer, w->pages + at, PAGE, w->copy + w->packed);
}

static void do_unpack(struct work *w)
{
    size_t used;
    for (size_t at = 0; at < w->packed; at += used) {
        size_t left = w->packed - at, most = ltx_packed_max(PAGE);
        struct str in = str_of(w->copy + at, left < most ? left : most);
        if (ltx_unpack_frame(&w->unpacker, in, PAGE, &used))
            exit(1);
        w->sum += w->unpacker.page[7];
    }
}

static void do_encode(struct work *w)
{
    struct why why;
    const struct ltx_header h = {
        .page_size = PAGE, .commit = (uint32_t)(w->n / PAGE), .min_txid = 1, .max_txid = 1};
    buf_clear(&w->file);
    check(ltx_encoder_begin(&w->encoder, &h, LTX_KNOWN_ALL, ltx_sink_buf(&w->file), &why), &why);
    for (size_t at = 0; at < w->n; at += PAGE)
        check(ltx_encoder_page(&w->encoder, (uint32_t)(at / PAGE) + 1, w->pages + at, &why), &why);
    check(ltx_encoder_end(&w->encoder, 0, NULL, &why), &why);
}

static void do_decode(struct work *w)
{
    struct why why;
    struct str rest = buf_view(&w->file);
    const unsigned char *page;
    uint32_t pgno = 1;
    check(ltx_decoder_begin(&w->decoder, ltx_source_str(&rest), LTX_KNOWN_ALL, &why), &why);
    while (pgno) {
        check(ltx_decoder_page(&w->decoder, &pgno, &page, &why), &why);
        if (pgno)
            memcpy(w->copy + (size_t)(pgno - 1) * PAGE, page, PAGE);
    }
}

static void do_encrypt(struct work *w)
{
    for (uint64_t i = 0; i < w->n / SEALED_CHUNK; i++)
        sealed_chunk(&w->sealed, i, false, str_of(w->pages + i * SEALED_CHUNK, SEALED_CHUNK),
                     w->copy + i * SEALED_STORED_CHUNK);
}

/* Into one place, as a reader does. */
static void do_decrypt(struct work *w)
{
    static unsigned char chunk[SEALED_CHUNK];
    for (uint64_t i = 0; i < w->n / SEALED_CHUNK; i++) {
        struct str in = str_of(w->copy + i * SEALED_STORED_CHUNK, SEALED_STORED_CHUNK);
        if (!sealed_chunk_open(&w->sealed, i, false, in, chunk))
            exit(1);
        w->sum += chunk[7];
    }
}

static const struct {
    const char *name;
    void (*run)(struct work *w);
} tasks[] = {
    {"memcpy", do_copy},
    {"CRC-64 by tables", do_tables},
    {"CRC-64", do_crc},
    {"LZ4 frames, compress", do_pack},
    {"LZ4 frames, decompress", do_unpack},
    {"LTX encoder", do_encode},
    {"LTX decoder", do_decode},
    {"AES-256-GCM, encrypt", do_encrypt},
    {"AES-256-GCM, decrypt", do_decrypt},
};

enum { TASKS = sizeof tasks / sizeof *tasks };

static void fill(struct work *w)
{
    static const char *const words[] = {"company",
                                        "cloud migration ",
                                        "Berlin",
                                        "consent ",
                                        "2026-11-21T05:30:00Z",
                                        "submission.created",
                                        " of the ",
                                        "anteroom"};
    for (size_t at = 0; at < w->n;) {
        unsigned char dice[8];
        random_bytes(dice, sizeof dice);
        const char *word = words[dice[0] % 8];
        size_t len = strlen(word), noise = 1 + dice[1] % 6;
        for (size_t i = 0; i < len && at < w->n; i++)
            w->pages[at++] = (unsigned char)word[i];
        for (size_t i = 0; i < noise && at < w->n; i++)
            w->pages[at++] = dice[2 + i];
    }
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
    uint64_t mib = 64, rounds = 9;
    struct work w = {.sum = 0};
    struct why why;
    if ((argc > 1 && !str_to_u64(str_from(argv[1]), &mib)) ||
        (argc > 2 && !str_to_u64(str_from(argv[2]), &rounds)) || !mib || mib > 4096 || !rounds ||
        rounds > ROUNDS_MAX) {
        fputs("usage: ltx [MIB [ROUNDS]]\n", stderr);
        return 2;
    }
    w.n = (size_t)mib << 20;
    w.pages = malloc(w.n);
    w.copy = malloc(w.n + w.n / 32);
    if (!w.pages || !w.copy)
        return 1;
    fill(&w);
    buf_init(&w.file, 2 * w.n);
    check(ltx_encoder_init(&w.encoder, &why), &why);
    check(ltx_unpacker_init(&w.unpacker, &why), &why);
    ltx_decoder_init(&w.decoder, &w.unpacker, 1 << 16);
    struct sealed_keys keys;
    static const unsigned char salt[SEALED_SALT_SIZE] = {1};
    check(sealed_keys_read(STR("ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="), &keys, &why), &why);
    sealed_file_new(&w.sealed, &keys, STR("bench"), salt);

    static double rate[TASKS][ROUNDS_MAX];
    for (uint64_t r = 0; r < rounds; r++)
        for (int t = 0; t < (int)TASKS; t++) {
            int64_t start = clock_monotonic_us();
            tasks[t].run(&w);
            rate[t][r] = (double)w.n / (double)(clock_monotonic_us() - start);
        }
    for (int t = 0; t < (int)TASKS; t++) {
        qsort(rate[t], rounds, sizeof(double), compare);
        printf("%-24s %8.0f MB/s  %5.2f of memcpy\n", tasks[t].name, rate[t][rounds / 2],
               rate[t][rounds / 2] / rate[0][rounds / 2]);
    }
    printf("%zu MiB of %d byte pages, %.2f of that as LTX (checked: %016llx)\n", w.n >> 20, PAGE,
           (double)w.file.len / (double)w.n, (unsigned long long)w.sum);
    sealed_file_release(&w.sealed);
    ltx_decoder_release(&w.decoder);
    ltx_unpacker_release(&w.unpacker);
    ltx_encoder_release(&w.encoder);
    buf_release(&w.file);
    free(w.pages);
    free(w.copy);
    return 0;
}
