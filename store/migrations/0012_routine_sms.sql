-- 0012_routine_sms.sql - routine SMS to one person: when the last left, and which left in one text.
-- recipient: the keyed hash of outbox.recipient.  A row of sms_joined holds for that try of both rows
-- alone: a later try of either is on its own, and joined anew.

CREATE TABLE sms_last (
	recipient BLOB PRIMARY KEY CHECK (length(recipient) = 32),
	at INTEGER NOT NULL
) STRICT;

CREATE TABLE sms_joined (
	outbox INTEGER NOT NULL REFERENCES outbox (id),
	outbox_try INTEGER NOT NULL CHECK (outbox_try > 0),
	leader INTEGER NOT NULL REFERENCES outbox (id),
	leader_try INTEGER NOT NULL CHECK (leader_try > 0),
	PRIMARY KEY (outbox, outbox_try),
	CHECK (outbox <> leader)
) STRICT;
CREATE INDEX sms_joined_leader ON sms_joined (leader, leader_try);
