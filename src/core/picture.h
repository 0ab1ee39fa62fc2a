/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An operator's picture (a logo, an icon), looked through before a visitor's browser gets it. It is
 * never changed: it is taken as it is, or refused with the line and what to do.
 *
 * SVG: UTF-8, at most 64 KiB, only the elements and attributes of svg.c's two lists: shapes and
 * gradients. No script, style, animation, embedded picture, foreign markup, entity or DOCTYPE, no
 * reference but to an #id of the same file. It must say its size (viewBox, or width and height).
 * PNG: signature, IHDR and chunks that fit together, at most 128 KiB and 2048 by 2048 pixels; what
 * is compressed inside is the browser's to read.
 *
 * Sources: SVG 1.1, Namespaces in XML 1.0, PNG (ISO/IEC 15948). Threads: pure functions.
 */
#ifndef CORE_PICTURE_H
#define CORE_PICTURE_H

#include "base/str.h"

enum { PICTURE_SVG_MAX = 64 * 1024, PICTURE_PNG_MAX = 128 * 1024, PICTURE_SIDE_MAX = 2048 };

enum picture_kind { PICTURE_SVG, PICTURE_PNG };

struct picture {
    enum picture_kind kind;
    double width, height; /* above 0; what counts is their ratio */
};

struct picture_problem {
    unsigned line; /* from 1; 0: the whole file */
    char detail[160];
    char hint[200];
};

/* False with the problem filled. */
bool picture_read(struct str bytes, struct picture *out, struct picture_problem *problem);

/* For svg.c: fills the problem; always false. */
bool picture_refuse(struct picture_problem *problem, unsigned line, const char *hint,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The SVG part of picture_read. */
bool svg_read(struct str text, struct picture *out, struct picture_problem *problem);

#endif
