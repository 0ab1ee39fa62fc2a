/* SPDX-License-Identifier: Apache-2.0 */
#include "core/colour.h"

#include <math.h>

/* WCAG 2.2, success criterion 1.4.3; at night more, for lines there look thinner than they are. */
static const double text_contrast = 4.5, night_contrast = 7;

/* --paper and --lit of assets/static/css/app.css: what links and buttons stand on. */
static const struct colour day[] = {{0xf6, 0xf4, 0xee}, {0xff, 0xfe, 0xfa}};
static const struct colour night[] = {{0x12, 0x18, 0x1b}, {0x0b, 0x10, 0x12}};
static const struct colour white = {0xff, 0xff, 0xff}, black = {0, 0, 0};

struct oklab {
    double lightness, a, b;
};

/* ---- text ---- */

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

bool colour_parse(struct str text, struct colour *out)
{
    uint8_t channels[3];
    if (text.len != 7 || text.ptr[0] != '#')
        return false;
    for (size_t i = 0; i < 3; i++) {
        int high = hex(text.ptr[1 + 2 * i]), low = hex(text.ptr[2 + 2 * i]);
        if (high < 0 || low < 0)
            return false;
        channels[i] = (uint8_t)(high * 16 + low);
    }
    *out = (struct colour){channels[0], channels[1], channels[2]};
    return true;
}

const char *colour_text(struct colour c, char out[COLOUR_TEXT_SIZE])
{
    snprintf(out, COLOUR_TEXT_SIZE, "#%02x%02x%02x", c.red, c.green, c.blue);
    return out;
}

/* ---- light ---- */

static double to_linear(uint8_t channel)
{
    double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double from_linear(double c)
{
    return c <= 0.0031308 ? c * 12.92 : 1.055 * pow(c, 1 / 2.4) - 0.055;
}

static double luminance(struct colour c)
{
    return 0.2126 * to_linear(c.red) + 0.7152 * to_linear(c.green) + 0.0722 * to_linear(c.blue);
}

double colour_contrast(struct colour a, struct colour b)
{
    double one = luminance(a) + 0.05, other = luminance(b) + 0.05;
    return one > other ? one / other : other / one;
}

static struct oklab to_oklab(struct colour c)
{
    double r = to_linear(c.red), g = to_linear(c.green), b = to_linear(c.blue);
    double l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    double m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    double s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return (struct oklab){
        0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
    };
}

/* False when sRGB has no such colour. */
static bool from_oklab(struct oklab c, struct colour *out)
{
    double l = c.lightness + 0.3963377774 * c.a + 0.2158037573 * c.b;
    double m = c.lightness - 0.1055613458 * c.a - 0.0638541728 * c.b;
    double s = c.lightness - 0.0894841775 * c.a - 1.2914855480 * c.b;
    l = l * l * l, m = m * m * m, s = s * s * s;
    const double linear[] = {
        4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    };
    uint8_t channels[3];
    for (size_t i = 0; i < 3; i++) {
        double value = from_linear(linear[i]) * 255;
        if (value < -0.5 || value >= 255.5)
            return false;
        channels[i] = (uint8_t)(value + 0.5);
    }
    *out = (struct colour){channels[0], channels[1], channels[2]};
    return true;
}

/* The same hue with that lightness and that part of its chroma, or the most that sRGB has. */
static struct colour shade(struct oklab hue, double lightness, double chroma)
{
    struct colour found = lightness < 0.5 ? black : white;
    for (int part = 64; part >= 0; part--) {
        struct oklab tried = {lightness, hue.a * chroma * part / 64, hue.b * chroma * part / 64};
        if (from_oklab(tried, &found))
            break;
    }
    return found;
}

/* ---- schemes ---- */

static double least_contrast(struct colour c, const struct colour surfaces[2])
{
    double one = colour_contrast(c, surfaces[0]), other = colour_contrast(c, surfaces[1]);
    return one < other ? one : other;
}

/* The first lightness from the accent's own towards `end` (0 or 1) that passes. */
static struct colour first_that_passes(struct oklab hue, double end, const struct colour *surfaces,
                                       double wanted)
{
    enum { STEPS = 400 };
    struct colour c = black;
    for (int i = 1; i <= STEPS; i++) {
        c = shade(hue, hue.lightness + (end - hue.lightness) * i / STEPS, 1);
        if (least_contrast(c, surfaces) >= wanted)
            break;
    }
    return c;
}

/* Text on a button: the wish when it can be read both on the button and on the hovered one. */
static struct colour text_on(const struct colour_scheme *s, struct colour wish)
{
    const struct colour both[] = {s->accent, s->deep}, tried[] = {wish, white, black};
    for (size_t i = 0; i + 1 < sizeof tried / sizeof *tried; i++)
        if (least_contrast(tried[i], both) >= text_contrast)
            return tried[i];
    return black;
}

static struct colour_scheme scheme_of(struct colour wish, const struct colour *surfaces, bool light)
{
    struct colour_scheme s = {.accent = wish, .contrast = least_contrast(wish, surfaces)};
    if (s.contrast < text_contrast) {
        s.adjusted = true;
        s.accent = first_that_passes(to_oklab(wish), light ? 0 : 1, surfaces,
                                     light ? text_contrast : night_contrast);
        s.contrast = least_contrast(s.accent, surfaces);
    }
    struct oklab hue = to_oklab(s.accent);
    if (light) {
        /* Hovered, a button is darker; one that is all but black can only be lighter. */
        double deeper = hue.lightness < 0.25 ? hue.lightness + 0.12 : hue.lightness * 0.78;
        s.deep = shade(hue, deeper, 1);
        s.tint = shade(hue, 0.94, 0.2);
        s.frame = s.accent;
        s.leaf = s.deep;
        s.on_accent = text_on(&s, white);
    } else {
        double higher = hue.lightness + 0.07 < 0.97 ? hue.lightness + 0.07 : 0.97;
        s.deep = shade(hue, higher, 0.85);
        s.tint = shade(hue, 0.29, 0.35);
        s.frame = shade(hue, 0.53, 0.9);
        s.leaf = shade(hue, 0.36, 0.7);
        s.on_accent = text_on(&s, shade(hue, 0.24, 0.5));
    }
    return s;
}

struct colour_palette colour_palette_of(struct colour accent)
{
    return (struct colour_palette){
        .light = scheme_of(accent, day, true),
        .dark = scheme_of(accent, night, false),
    };
}
