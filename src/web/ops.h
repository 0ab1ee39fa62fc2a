/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations listener: /livez (this process turns), /readyz (it can take submissions; with
 * ?verbose a line for each check) and /metrics (exposition.h). Plain HTTP on loopback, never on the
 * public port. Only loop 0 serves it.
 */
#ifndef WEB_OPS_H
#define WEB_OPS_H

struct request;

void ops_dispatch(struct request *r);

#endif
