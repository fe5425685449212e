-- 0015_sms_providers.sql - SMS that left through a provider over HTTP.
-- A row a try: which provider had it, and the keyed hash of the number by which its report will name it
-- (ours until it gave its own).  status: its last word.

CREATE TABLE sms_provider_ids (
	outbox INTEGER NOT NULL REFERENCES outbox (id),
	attempt INTEGER NOT NULL CHECK (attempt > 0),
	provider TEXT NOT NULL CHECK (length(provider) BETWEEN 1 AND 16),
	id BLOB NOT NULL CHECK (length(id) = 32),
	handed INTEGER NOT NULL,
	status TEXT NOT NULL CHECK (status = '' OR status = 'delivered' OR status = 'failed'),
	reported INTEGER,
	PRIMARY KEY (outbox, attempt),
	CHECK ((status = '') = (reported IS NULL))
) STRICT;
CREATE INDEX sms_provider_ids_id ON sms_provider_ids (id, handed, outbox);
