-- 0005_delivery.sql - deliveries to an agency that fails: how often a row failed, where a delivery of
-- several steps stands, and which agencies are left in peace until they answer again.

-- failures: tries that failed; attempts counts every handing out, also the steps of one delivery.
ALTER TABLE outbox ADD COLUMN failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0);
-- phase: what the next exchange of a delivery is for, '' the delivery itself.
ALTER TABLE outbox ADD COLUMN phase TEXT NOT NULL DEFAULT '' CHECK (length(phase) <= 15);

CREATE INDEX outbox_agency ON outbox (recipient, id) WHERE state IN ('queued', 'inflight');

-- A row an agency that has failed at least once since it last answered.  probe_at: before it nothing
-- is sent to it; 0 while it has not failed often enough.  told: somebody on duty has heard of it.
CREATE TABLE circuits (
	agency TEXT PRIMARY KEY CHECK (length(agency) BETWEEN 1 AND 11),
	failures INTEGER NOT NULL CHECK (failures > 0),
	since INTEGER NOT NULL,
	probe_at INTEGER NOT NULL,
	told INTEGER NOT NULL CHECK (told IN (0, 1))
) STRICT;
