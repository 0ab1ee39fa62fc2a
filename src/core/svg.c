/* SPDX-License-Identifier: Apache-2.0 */
#include "core/picture.h"

/*
 * Reads the part of XML that a drawing needs, and refuses all else at its first byte. Every element
 * and every attribute is on a list; what is on none is not looked at any further, so nothing has to
 * be known about it. A refusing reader of so little is a page of code; a whole XML parser would
 * bring in what is to be kept out (entities, DTDs, namespaces that rename elements).
 */

enum { DEPTH_MAX = 32, ATTRIBUTES_MAX = 40, NAME_SHOWN = 32 };

struct reader {
    struct str rest;
    unsigned line;
    struct str open[DEPTH_MAX];
    size_t depth;
    struct picture *out;
    struct picture_problem *problem;
};

static const struct str elements =
    STR_INIT("circle clipPath defs desc ellipse g line linearGradient mask path polygon polyline "
             "rect stop svg title radialGradient");

static const struct str attributes =
    STR_INIT("clip-path clip-rule clipPathUnits color cx cy d display enable-background fill "
             "fill-opacity fill-rule fr fx fy gradientTransform gradientUnits height href id "
             "class mask maskContentUnits maskUnits mask-type offset opacity overflow paint-order "
             "pathLength points preserveAspectRatio r role rx ry shape-rendering spreadMethod "
             "stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap "
             "stroke-linejoin stroke-miterlimit stroke-opacity stroke-width transform "
             "vector-effect version baseProfile viewBox visibility width x x1 x2 xlink:href "
             "xml:space y y1 y2 color-interpolation isolation");

/* What may stand before "(" in a value. */
static const struct str functions =
    STR_INIT("matrix translate scale rotate skewX skewY rgb rgba hsl hsla url");

/* Said behind what is refused most often. */
static const struct {
    const char *name, *hint;
} remedies[] = {
    {"style", "Save it with presentation attributes (fill=, stroke=) and without style sheets: "
              "Inkscape calls it an optimised SVG."},
    {"script", "A logo holds no program: delete the element."},
    {"image", "Draw it with shapes, or use the picture itself as a PNG."},
    {"text", "Turn the text into paths: visitors do not have its font."},
    {"use", "Ungroup symbols and clones, so that each shape stands where it is drawn."},
    {"symbol", "Ungroup symbols and clones, so that each shape stands where it is drawn."},
};

static const char other_remedy[] =
    "Save it as a plain or optimised SVG: shapes and gradients, without an editor's own data.";

static bool is_among(struct str name, struct str words)
{
    struct str one;
    while (str_cut(&words, ' ', &one))
        if (str_eq(name, one))
            return true;
    return false;
}

static const char *remedy_for(struct str name)
{
    for (size_t i = 0; i < sizeof remedies / sizeof *remedies; i++)
        if (str_eq(name, str_from(remedies[i].name)))
            return remedies[i].hint;
    return other_remedy;
}

/* ---- the text ---- */

static void skip(struct reader *r, size_t n)
{
    for (size_t i = 0; i < n && i < r->rest.len; i++)
        r->line += r->rest.ptr[i] == '\n';
    r->rest = str_slice(r->rest, n, r->rest.len);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool skip_space(struct reader *r)
{
    size_t n = 0;
    while (n < r->rest.len && is_space(r->rest.ptr[n]))
        n++;
    skip(r, n);
    return n > 0;
}

static bool take(struct reader *r, struct str word)
{
    if (!str_starts(r->rest, word))
        return false;
    skip(r, word.len);
    return true;
}

static bool malformed(struct reader *r)
{
    return picture_refuse(r->problem, r->line, "Save it again from the program it was drawn with.",
                          "this is not well-formed XML");
}

/* Up to and with `end`; what stands before it in *out. */
static bool take_until(struct reader *r, struct str end, struct str *out)
{
    for (size_t i = 0; i + end.len <= r->rest.len; i++)
        if (memcmp(r->rest.ptr + i, end.ptr, end.len) == 0) {
            *out = str_slice(r->rest, 0, i);
            skip(r, i + end.len);
            return true;
        }
    return malformed(r);
}

static bool is_name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == ':' || c == '.';
}

static struct str take_name(struct reader *r)
{
    size_t n = 0;
    while (n < r->rest.len && is_name_character(r->rest.ptr[n]))
        n++;
    struct str name = str_slice(r->rest, 0, n);
    skip(r, n);
    return name;
}

static int shown(struct str name)
{
    return name.len < NAME_SHOWN ? (int)name.len : NAME_SHOWN;
}

/* ---- values ---- */

/* "#name", and no more */
static bool is_local(struct str value)
{
    for (size_t i = 1; i < value.len; i++)
        if (!is_name_character(value.ptr[i]))
            return false;
    return value.len > 1 && value.ptr[0] == '#';
}

/* Each "(" stands behind the name of a function that draws; url() is the whole value, and local. */
static bool functions_are_known(struct str value)
{
    for (size_t at = str_find(value, '(', 0); at < value.len; at = str_find(value, '(', at + 1)) {
        size_t from = at;
        while (from > 0 && is_name_character(value.ptr[from - 1]))
            from--;
        struct str name = str_slice(value, from, at);
        if (!is_among(name, functions))
            return false;
        if (str_eq(name, STR("url")) && (from > 0 || !str_ends(value, STR(")")) ||
                                         !is_local(str_slice(value, at + 1, value.len - 1))))
            return false;
    }
    return true;
}

/* No reference of XML and no escape of CSS, behind which a name could hide. */
static bool is_plain(struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (str_find(STR("<&\\'\"@\0"), value.ptr[i], 0) < 7)
            return false;
    return !str_contains(value, STR("/*"));
}

static bool read_number(struct str *text, double *out)
{
    double value = 0, place = 1;
    size_t n = 0, digits = 0;
    while (text->len && (is_space(*text->ptr) || *text->ptr == ','))
        *text = str_slice(*text, 1, text->len);
    bool minus = str_starts(*text, STR("-"));
    for (n = minus; n < text->len && n < 20; n++) {
        char c = text->ptr[n];
        if (c == '.' && place == 1) {
            place = 0.1;
        } else if (c >= '0' && c <= '9') {
            digits++;
            value = place == 1 ? value * 10 + (c - '0') : value + (c - '0') * place;
            place = place == 1 ? 1 : place / 10;
        } else {
            break;
        }
    }
    *out = minus ? -value : value;
    *text = str_slice(*text, n, text->len);
    return digits > 0;
}

/* The root's size: viewBox counts for more than width and height, wherever they stand. */
static void note_size(struct reader *r, struct str name, struct str value, double size[2],
                      double box[4])
{
    size_t n = 0;
    if (r->depth != 1)
        return;
    if (str_eq(name, STR("viewBox")))
        while (n < 4 && read_number(&value, &box[n]))
            n++;
    else if (str_eq(name, STR("width")) && !str_contains(value, STR("%")))
        read_number(&value, &size[0]);
    else if (str_eq(name, STR("height")) && !str_contains(value, STR("%")))
        read_number(&value, &size[1]);
}

static bool settle_size(struct reader *r, const double size[2], const double box[4])
{
    double width = box[2] > 0 && box[3] > 0 ? box[2] : size[0];
    double height = box[2] > 0 && box[3] > 0 ? box[3] : size[1];
    if (!(width > 0) || !(height > 0) || width > 1e6 || height > 1e6)
        return picture_refuse(r->problem, r->line, "Add viewBox=\"0 0 WIDTH HEIGHT\" to <svg>.",
                              "it does not say how wide and how high it is");
    *r->out = (struct picture){PICTURE_SVG, width, height};
    return true;
}

static bool check_attribute(struct reader *r, struct str name, struct str value)
{
    static const struct {
        struct str name, value;
    } namespaces[] = {
        {STR_INIT("xmlns"), STR_INIT("http://www.w3.org/2000/svg")},
        {STR_INIT("xmlns:svg"), STR_INIT("http://www.w3.org/2000/svg")},
        {STR_INIT("xmlns:xlink"), STR_INIT("http://www.w3.org/1999/xlink")},
    };
    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++)
        if (str_eq(name, namespaces[i].name) && str_eq(value, namespaces[i].value))
            return true;
    if (!is_among(name, attributes))
        return picture_refuse(r->problem, r->line, remedy_for(name),
                              "the attribute %.*s is not allowed in a logo", shown(name), name.ptr);
    bool link = str_eq(name, STR("href")) || str_eq(name, STR("xlink:href"));
    if (is_plain(value) && functions_are_known(value) && (!link || is_local(value)))
        return true;
    return picture_refuse(r->problem, r->line,
                          "A logo refers to nothing outside of itself: #name or url(#name).",
                          "the value of %.*s is not allowed in a logo", shown(name), name.ptr);
}

/* ---- markup ---- */

static bool read_attributes(struct reader *r, bool *empty)
{
    struct str seen[ATTRIBUTES_MAX];
    size_t n = 0;
    double size[2] = {0, 0}, box[4] = {0, 0, 0, 0};
    bool spaced = skip_space(r);
    *empty = false;
    while (!str_starts(r->rest, STR(">")) && !str_starts(r->rest, STR("/"))) {
        struct str name = take_name(r), value = STR_EMPTY;
        skip_space(r);
        if (!spaced || name.len == 0 || n == ATTRIBUTES_MAX || !take(r, STR("=")))
            return malformed(r);
        skip_space(r);
        struct str quote = str_slice(r->rest, 0, 1);
        if (!str_eq(quote, STR("\"")) && !str_eq(quote, STR("'")))
            return malformed(r);
        skip(r, 1);
        for (size_t i = 0; i < n; i++)
            if (str_eq(seen[i], name))
                return malformed(r);
        seen[n++] = name;
        unsigned line = r->line;
        if (!take_until(r, quote, &value))
            return false;
        unsigned after = r->line;
        r->line = line;
        if (!check_attribute(r, name, value))
            return false;
        r->line = after;
        note_size(r, name, value, size, box);
        spaced = skip_space(r);
    }
    if (r->depth == 1 && !settle_size(r, size, box))
        return false;
    *empty = take(r, STR("/"));
    return take(r, STR(">")) || malformed(r);
}

static bool read_element(struct reader *r)
{
    struct str name = take_name(r);
    bool empty;
    if (name.len == 0)
        return malformed(r);
    if (!is_among(name, elements))
        return picture_refuse(r->problem, r->line, remedy_for(name),
                              "the element <%.*s> is not allowed in a logo", shown(name), name.ptr);
    if (str_eq(name, STR("svg")) != (r->depth == 0))
        return picture_refuse(r->problem, r->line, other_remedy,
                              "there is one <svg>, around all else");
    if (r->depth == DEPTH_MAX)
        return picture_refuse(r->problem, r->line, "Ungroup some of it.",
                              "it has more than %d levels", DEPTH_MAX);
    r->open[r->depth++] = name;
    if (!read_attributes(r, &empty))
        return false;
    r->depth -= empty;
    return true;
}

/* Behind "<!" or "<?": comments are skipped, and before anything else one XML declaration. */
static bool read_other(struct reader *r, bool first)
{
    struct str inside = STR_EMPTY;
    if (take(r, STR("!--")))
        return take_until(r, STR("-->"), &inside);
    if (!first || !take(r, STR("?xml ")))
        return picture_refuse(r->problem, r->line, "Delete it: a logo needs none.",
                              "<%s is not allowed in a logo",
                              str_starts(r->rest, STR("!DOCTYPE"))   ? "!DOCTYPE"
                              : str_starts(r->rest, STR("![CDATA[")) ? "![CDATA["
                              : str_starts(r->rest, STR("?"))        ? "?"
                                                                     : "!");
    if (!take_until(r, STR("?>"), &inside))
        return false;
    if (str_contains(inside, STR("encoding")) && !str_contains(inside, STR("UTF-8")) &&
        !str_contains(inside, STR("utf-8")))
        return picture_refuse(r->problem, r->line, "Save it in UTF-8.",
                              "its encoding is not UTF-8");
    return true;
}

static bool read_end(struct reader *r)
{
    struct str name = take_name(r);
    skip_space(r);
    if (r->depth == 0 || !str_eq(name, r->open[r->depth - 1]) || !take(r, STR(">")))
        return malformed(r);
    r->depth--;
    return true;
}

/* Text is a title's or a description's; elsewhere only white space is drawn by nobody. */
static bool read_text(struct reader *r)
{
    size_t n = str_find(r->rest, '<', 0);
    struct str text = str_slice(r->rest, 0, n);
    struct str inside = r->depth ? r->open[r->depth - 1] : STR_EMPTY;
    bool words = str_eq(inside, STR("title")) || str_eq(inside, STR("desc"));
    if (!words && str_trim(text).len)
        return picture_refuse(r->problem, r->line, other_remedy,
                              "there is text between its elements");
    if (str_contains(text, STR("&")))
        return picture_refuse(r->problem, r->line, "Write the character itself.",
                              "its title holds a reference");
    skip(r, n);
    return true;
}

bool svg_read(struct str text, struct picture *out, struct picture_problem *problem)
{
    struct reader r = {.rest = text, .line = 1, .out = out, .problem = problem};
    bool first = true, rooted = false;
    *out = (struct picture){0};
    while (r.rest.len) {
        if (!str_starts(r.rest, STR("<"))) {
            if (!read_text(&r))
                return false;
            continue;
        }
        skip(&r, 1);
        bool good = str_starts(r.rest, STR("!")) || str_starts(r.rest, STR("?"))
                        ? read_other(&r, first)
                    : take(&r, STR("/"))     ? read_end(&r)
                    : rooted && r.depth == 0 ? malformed(&r)
                                             : read_element(&r);
        if (!good)
            return false;
        first = false;
        rooted |= out->width > 0;
    }
    return (rooted && r.depth == 0) || malformed(&r);
}
