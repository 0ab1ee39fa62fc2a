-- SPDX-License-Identifier: Apache-2.0
--
-- INSERT OR REPLACE deletes without asking the triggers of DELETE.

CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq)
BEGIN
    SELECT RAISE(ABORT, 'audit events are never replaced');
END;
