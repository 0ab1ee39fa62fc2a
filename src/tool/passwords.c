/* SPDX-License-Identifier: Apache-2.0 */
/*
 * passwords LIST OUT.c     makes the table of core/common_passwords.h
 *
 * LIST has a line "WORD COUNT" each, lower case, the most common first; the first 30,000 are taken.
 * A shorter list is refused: then something else came with the package.
 */
#include "core/common_passwords.h"

#include <errno.h>

/* As many as zxcvbn itself takes of its list; it begins with the most common. */
enum { KEPT = 30000 };

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static size_t read_list(FILE *in, uint32_t *sums)
{
    char line[256];
    size_t n = 0;
    while (n < KEPT && fgets(line, sizeof line, in)) {
        struct str text = str_trim(str_from(line));
        struct str word = str_slice(text, 0, str_find(text, ' ', 0));
        if (word.len)
            sums[n++] = common_password_sum(word);
    }
    return n;
}

static bool write_table(const char *file, const uint32_t *sums, size_t n)
{
    FILE *out = fopen(file, "w");
    if (!out)
        return false;
    fprintf(out, "/* Made by src/tool/passwords.c. */\n#include \"core/common_passwords.h\"\n\n"
                 "const uint32_t common_password_sums[] = {");
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%s%uU,", i % 8 ? " " : "\n    ", sums[i]);
    fprintf(out, "\n};\nconst size_t common_password_sums_n =\n"
                 "    sizeof common_password_sums / sizeof *common_password_sums;\n");
    return fclose(out) == 0;
}

int main(int argc, char **argv)
{
    static uint32_t sums[KEPT];
    if (argc != 3) {
        fprintf(stderr, "usage: passwords LIST OUT.c\n");
        return 2;
    }
    FILE *in = fopen(argv[1], "r");
    if (!in) {
        fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
        return 1;
    }
    size_t n = read_list(in, sums), unique = 0;
    bool whole = !ferror(in);
    fclose(in);
    if (!whole || n < KEPT) {
        fprintf(stderr, "%s: %zu words; a list of common passwords has more\n", argv[1], n);
        return 1;
    }
    qsort(sums, n, sizeof *sums, by_value);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || sums[i] != sums[unique - 1])
            sums[unique++] = sums[i];
    if (!write_table(argv[2], sums, unique)) {
        fprintf(stderr, "%s: %s\n", argv[2], strerror(errno));
        return 1;
    }
    return 0;
}
