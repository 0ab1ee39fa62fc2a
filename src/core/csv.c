/* SPDX-License-Identifier: Apache-2.0 */
#include "core/csv.h"

void csv_init(struct csv *csv, struct buf *out)
{
    *csv = (struct csv){.out = out};
}

bool csv_is_formula(struct str text)
{
    static const struct str wide[] = {
        STR_INIT("\xEF\xBC\x9D"), /* U+FF1D = */
        STR_INIT("\xEF\xBC\x8B"), /* U+FF0B + */
        STR_INIT("\xEF\xBC\x8D"), /* U+FF0D - */
        STR_INIT("\xEF\xBC\xA0"), /* U+FF20 @ */
    };
    size_t at = 0;
    while (at < text.len && text.ptr[at] == ' ')
        at++;
    struct str rest = str_slice(text, at, text.len);
    if (rest.len && memchr("=+-@\t\r\n", rest.ptr[0], sizeof "=+-@\t\r\n" - 1))
        return true;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (str_starts(rest, wide[i]))
            return true;
    return false;
}

static bool is_quoted(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (memchr("\",\r\n;\t", text.ptr[i], sizeof "\",\r\n;\t" - 1))
            return true;
    return text.len && (text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ');
}

void csv_cell(struct csv *csv, struct str text)
{
    bool formula = csv_is_formula(text), quoted = is_quoted(text);
    if (csv->within)
        buf_byte(csv->out, ',');
    csv->within = true;
    if (quoted)
        buf_byte(csv->out, '"');
    if (formula)
        buf_byte(csv->out, '\'');
    while (quoted && text.len) {
        size_t quote = str_find(text, '"', 0);
        buf_str(csv->out, str_slice(text, 0, quote));
        if (quote < text.len)
            buf_str(csv->out, STR("\"\""));
        text = quote < text.len ? str_slice(text, quote + 1, text.len) : STR_EMPTY;
    }
    buf_str(csv->out, text);
    if (quoted)
        buf_byte(csv->out, '"');
}

void csv_end(struct csv *csv)
{
    buf_str(csv->out, STR("\r\n"));
    csv->within = false;
}
