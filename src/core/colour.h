/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Colours, and what an operator's accent becomes in each scheme.
 *
 * A colour is sRGB, eight bits a channel, written "#0b5d57". Contrast is WCAG 2.2's ratio of
 * relative luminances, 1 to 21. An accent that stands out too little from a scheme's surfaces is
 * moved in OKLab: the same hue, darker or lighter by as little as it takes, with less chroma where
 * sRGB has no more to give. Some lightness always passes, so every colour can serve.
 *
 * Sources: WCAG 2.2 "contrast ratio", "relative luminance"; Ottosson, "A perceptual color space for
 * image processing" (OKLab). Threads: pure functions of values.
 */
#ifndef CORE_COLOUR_H
#define CORE_COLOUR_H

#include "base/str.h"

enum { COLOUR_TEXT_SIZE = 8 }; /* "#0b5d57" and NUL */

struct colour {
    uint8_t red, green, blue;
};

/* What the style sheet calls --accent, --accent-deep, --on-accent, --tint, --frame, --leaf. */
struct colour_scheme {
    struct colour accent, deep, on_accent, tint, frame, leaf;
    double contrast; /* of the accent with the surface it stands out from least */
    bool adjusted;   /* the accent is not the one that was asked for */
};

struct colour_palette {
    struct colour_scheme light, dark;
};

/* "#0b5d57" or "#0B5D57"; nothing else. */
bool colour_parse(struct str text, struct colour *out);

/* "#0b5d57" into out; returns out. */
const char *colour_text(struct colour c, char out[COLOUR_TEXT_SIZE]);

double colour_contrast(struct colour a, struct colour b);

/* In both schemes the accent on its surfaces and the text on the accent have 4.5:1 or more. */
struct colour_palette colour_palette_of(struct colour accent);

#endif
