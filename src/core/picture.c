/* SPDX-License-Identifier: Apache-2.0 */
#include "core/picture.h"

#include "base/utf8.h"

#include <stdarg.h>

static const struct str png_signature = STR_INIT("\x89PNG\r\n\x1a\n");

bool picture_refuse(struct picture_problem *problem, unsigned line, const char *hint,
                    const char *format, ...)
{
    va_list args;
    problem->line = line;
    va_start(args, format);
    vsnprintf(problem->detail, sizeof problem->detail, format, args);
    va_end(args);
    snprintf(problem->hint, sizeof problem->hint, "%s", hint);
    return false;
}

static uint32_t big_endian(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Length, type, data, CRC: one after the other, IHDR first and IEND last. */
static bool png_chunks_fit(struct str rest)
{
    enum { FRAME = 12 };
    for (bool first = true; rest.len >= FRAME; first = false) {
        uint32_t length = big_endian(rest.ptr);
        struct str type = str_of(rest.ptr + 4, 4);
        if (length > rest.len - FRAME || first != str_eq(type, STR("IHDR")))
            return false;
        if (first && length != 13)
            return false;
        rest = str_slice(rest, FRAME + length, rest.len);
        if (str_eq(type, STR("IEND")))
            return rest.len == 0;
    }
    return false;
}

static bool png_read(struct str bytes, struct picture *out, struct picture_problem *problem)
{
    static const char export_again[] = "Export the picture again.";
    if (bytes.len > PICTURE_PNG_MAX)
        return picture_refuse(problem, 0, "Export it smaller: it is shown 40 pixels high.",
                              "it is larger than %d KiB", PICTURE_PNG_MAX / 1024);
    if (!png_chunks_fit(str_slice(bytes, png_signature.len, bytes.len)))
        return picture_refuse(problem, 0, export_again, "it is not a whole PNG file");
    uint32_t width = big_endian(bytes.ptr + 16), height = big_endian(bytes.ptr + 20);
    if (width < 1 || height < 1 || width > PICTURE_SIDE_MAX || height > PICTURE_SIDE_MAX)
        return picture_refuse(problem, 0, "Export it smaller: it is shown 40 pixels high.",
                              "it is %lu by %lu pixels; each side may have 1 to %d",
                              (unsigned long)width, (unsigned long)height, PICTURE_SIDE_MAX);
    *out = (struct picture){PICTURE_PNG, width, height};
    return true;
}

bool picture_read(struct str bytes, struct picture *out, struct picture_problem *problem)
{
    static const struct str mark = STR_INIT("\xEF\xBB\xBF");
    if (str_starts(bytes, png_signature))
        return png_read(bytes, out, problem);
    struct str text = bytes;
    if (str_starts(text, mark))
        text = str_slice(text, mark.len, text.len);
    if (!str_starts(str_trim(text), STR("<")))
        return picture_refuse(problem, 0, "Use an SVG or a PNG file.",
                              "it is neither an SVG nor a PNG picture");
    if (bytes.len > PICTURE_SVG_MAX)
        return picture_refuse(problem, 0, "Simplify its paths, or use a PNG.",
                              "it is larger than %d KiB", PICTURE_SVG_MAX / 1024);
    if (!utf8_valid(text))
        return picture_refuse(problem, 0, "Save it in UTF-8.", "the text is not UTF-8");
    return svg_read(text, out, problem);
}
