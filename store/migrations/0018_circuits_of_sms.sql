-- 0018_circuits_of_sms.sql - modems and SMS providers that fail are left in peace like agencies, and what
-- came of a provider's last text can be told.

ALTER TABLE circuits RENAME TO circuits_before;
CREATE TABLE circuits (
	kind TEXT NOT NULL CHECK (kind = 'agency' OR kind = 'modem' OR kind = 'provider'),
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 23),
	failures INTEGER NOT NULL CHECK (failures > 0),
	since INTEGER NOT NULL,
	probe_at INTEGER NOT NULL,
	told INTEGER NOT NULL CHECK (told IN (0, 1)),
	PRIMARY KEY (kind, name)
) STRICT;
INSERT INTO circuits SELECT 'agency', agency, failures, since, probe_at, told FROM circuits_before;
DROP TABLE circuits_before;

CREATE INDEX sms_provider_ids_last ON sms_provider_ids (provider, handed, outbox);
