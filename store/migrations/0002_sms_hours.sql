-- 0002_sms_hours.sql - how many SMS went to one number in one hour: a guard against machines that
-- answer machines.  recipient: the keyed hash of outbox.recipient; hour: UTC hours since 1970.  Rows of
-- past hours are removed as new ones come.

CREATE TABLE sms_hours (
	recipient BLOB NOT NULL CHECK (length(recipient) = 32),
	hour INTEGER NOT NULL,
	parts INTEGER NOT NULL CHECK (parts >= 0),
	held INTEGER NOT NULL CHECK (held IN (0, 1)),
	PRIMARY KEY (recipient, hour)
) STRICT;
CREATE INDEX sms_hours_hour ON sms_hours (hour);
