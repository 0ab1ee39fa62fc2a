/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New connections of a loop, from the kernel's queue to libh2o.
 *
 *     queue ─▶ [PROXY header] ─▶ client's own limit ─▶ TLS, HTTP
 *
 * With server.proxy_protocol a connection is taken from a trusted proxy only, and begins with a
 * PROXY header (core/proxy_header.h) ahead of TLS; the address in it becomes the connection's peer,
 * as if it had come by itself. What is refused is closed at once, before TLS, and counted
 * (base/metrics.def). The operations listener knows neither limit nor header.
 *
 * Threads: the loop's own. Only the server's files include this header.
 */
#ifndef WEB_ACCEPT_H
#define WEB_ACCEPT_H

struct loop;

/* Takes connections from now on, or again where there is room by now. */
void accept_start(struct loop *loop);

/* Takes what has already been connected, then closes the listeners. */
void accept_end(struct loop *loop);

/* What accept_start has linked to the loop's timers. */
void accept_take_down(struct loop *loop);

#endif
