-- SPDX-License-Identifier: Apache-2.0
--
-- How journeys go (store/funnel.h): counts a day, never what was typed, and nothing that leads back
-- to a draft, a submission or an address. day counts from 1970-01-01, in UTC. kind and what it uses:
--   reached   step: started, company, engagement, check, sent
--   took      step, code: how long, in coarse spans
--   refused   step: pages that came back because of what was typed
--   error     step, field, code: what was wrong on them
--   stopped   step: drafts that expired unsent, by the day of their last change

CREATE TABLE funnel (
    day   INTEGER NOT NULL,
    kind  TEXT NOT NULL CHECK (kind IN ('reached', 'took', 'refused', 'error', 'stopped')),
    step  TEXT NOT NULL CHECK (step IN ('started', 'company', 'engagement', 'check', 'sent')),
    field TEXT NOT NULL,
    code  TEXT NOT NULL,
    n     INTEGER NOT NULL CHECK (n > 0),
    PRIMARY KEY (day, kind, step, field, code)
) STRICT, WITHOUT ROWID;
