/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/metrics.h"

#include "base/metric.h"
#include "base/process.h"
#include "cmd/certificate.h"
#include "cmd/replication.h"
#include "replicate/figures.h"

#include "version.h"

static char counters; /* its address names the source */

static void write_counters(struct exposition *x, void *context)
{
    (void)context;
    metric_expose(x);
}

void metrics_open(void)
{
    process_open(ANTEROOM_VERSION);
    exposition_source(write_counters, &counters);
}

void metrics_close(void)
{
    exposition_drop(&counters);
    process_close();
}

void metrics_certificate(struct exposition *x, void *context)
{
    struct certificate *c = context;
    exposition_gauge(x, "anteroom_tls_certificate_expiry_seconds",
                     "When the certificate that is served ends, since unix epoch in seconds.",
                     (double)(atomic_load(&c->expires_ms) / 1000));
    exposition_family(x, "anteroom_tls_handshakes_total", EXPOSITION_COUNTER, "TLS handshakes.");
    exposition_count(x, "result=\"done\"", atomic_load(&c->handshakes));
    exposition_count(x, "result=\"failed\"", atomic_load(&c->failed));
}

void metrics_replication(struct exposition *x, void *context)
{
    struct replication *r = context;
    struct replicator_state replicator;
    struct keeper_state keeper;
    replicator_state(r->replicator, &replicator);
    keeper_state(r->keeper, &keeper);
    figures_replicator(x, &replicator);
    figures_keeper(x, &keeper);
}
