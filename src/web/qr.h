/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A link as a QR code (ISO/IEC 18004, by libqrencode), as the one path of an SVG picture:
 *
 *     <svg viewBox="0 -.5 SIZE SIZE"><path d="PATH"></path></svg>      stroke-width 1, no fill
 *
 * SIZE counts modules with the quiet zone of four on each side. Each dark run of a row is a line,
 * so the text is short: about 2 KB for a link, a third of that compressed.
 *
 * Memory: the arena. Threads: safe anywhere.
 */
#ifndef WEB_QR_H
#define WEB_QR_H

#include "base/arena.h"
#include "web/view.h"

enum { QR_QUIET = 4, QR_TEXT_MAX = 1000 };

/* Medium error correction (15% may be unreadable). Empty when the text does not fit. */
struct view_qr qr_of(struct arena *a, struct str text);

#endif
