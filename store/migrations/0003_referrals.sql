-- 0003_referrals.sql - a case beyond its opening: what it is due, followed up, referred, answered by a
-- person.  Legal states and who moves between them: STATES.md.

-- nrm: "" not said, potential (a child in an act or exploitation: no proof of force is asked),
-- consent (an adult, whose own consent comes before a referral).  merged: the case a duplicate became.
ALTER TABLE cases ADD COLUMN nrm TEXT NOT NULL DEFAULT '' CHECK (nrm = '' OR
		nrm = 'potential' OR nrm = 'consent');
ALTER TABLE cases ADD COLUMN merged INTEGER REFERENCES cases (id);
CREATE INDEX cases_alike ON cases (zone, sex, opened) WHERE zone <> '' AND state <> 'duplicate';
CREATE INDEX cases_owner ON cases (owner, id);
CREATE INDEX cases_high ON cases (opened) WHERE risk = 'high';

INSERT INTO sequence (name, next) VALUES ('followup', 1), ('referral', 1);

-- What has to be done for a case, and when the clock looks at it next.  One row a case and kind:
-- done again, it is set anew; its past stands in case_events.
CREATE TABLE case_dues (
	case_id INTEGER NOT NULL REFERENCES cases (id),
	kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 11),
	due INTEGER NOT NULL,
	look_at INTEGER NOT NULL,
	step INTEGER NOT NULL CHECK (step >= 0),
	state TEXT NOT NULL CHECK (state IN ('open', 'done')),
	PRIMARY KEY (case_id, kind)
) STRICT;
CREATE INDEX case_dues_look ON case_dues (look_at) WHERE state = 'open' AND look_at > 0;

CREATE TABLE followups (
	id INTEGER PRIMARY KEY,
	case_id INTEGER NOT NULL REFERENCES cases (id),
	at INTEGER NOT NULL,
	who TEXT NOT NULL CHECK (length(who) <= 23),
	message INTEGER REFERENCES messages (id),
	type TEXT NOT NULL CHECK (length(type) <= 15),
	outcome TEXT NOT NULL CHECK (length(outcome) <= 23),
	in_school INTEGER NOT NULL CHECK (in_school = -1 OR in_school = 0 OR in_school = 1),
	next_due INTEGER NOT NULL
) STRICT;
CREATE INDEX followups_case ON followups (case_id, id);

-- R88.  rule, basis: the mandate row under which it left.
CREATE TABLE referrals (
	number INTEGER PRIMARY KEY,
	case_id INTEGER NOT NULL REFERENCES cases (id),
	agency TEXT NOT NULL CHECK (length(agency) BETWEEN 1 AND 11),
	service TEXT NOT NULL CHECK (length(service) <= 31),
	urgent INTEGER NOT NULL CHECK (urgent IN (0, 1)),
	sender TEXT NOT NULL CHECK (length(sender) BETWEEN 1 AND 23),
	message INTEGER REFERENCES messages (id),
	rule TEXT NOT NULL CHECK (length(rule) BETWEEN 1 AND 31),
	basis TEXT NOT NULL CHECK (length(basis) <= 159),
	state TEXT NOT NULL CHECK (state = 'created' OR state = 'sent' OR state = 'accepted' OR
		state = 'declined' OR state = 'expired' OR state = 'withdrawn' OR
		state = 'completed'),
	created INTEGER NOT NULL,
	due INTEGER NOT NULL,
	look_at INTEGER NOT NULL,
	chased INTEGER NOT NULL CHECK (chased >= 0),
	answered INTEGER,
	answered_by TEXT NOT NULL CHECK (length(answered_by) <= 23),
	reason TEXT NOT NULL CHECK (length(reason) <= 31),
	CHECK ((state IN ('created', 'sent')) = (answered IS NULL))
) STRICT;
CREATE INDEX referrals_case ON referrals (case_id, number);
CREATE INDEX referrals_look ON referrals (look_at) WHERE state IN ('created', 'sent');
CREATE INDEX referrals_message ON referrals (message) WHERE message IS NOT NULL;

-- Which rows of the outbox carry it: the first that arrives makes it sent.
CREATE TABLE referral_told (
	outbox INTEGER PRIMARY KEY REFERENCES outbox (id),
	referral INTEGER NOT NULL REFERENCES referrals (number)
) STRICT;

-- What waits for a person's PO or JO, under the number of the alert that asks for it.
CREATE TABLE confirmations (
	number INTEGER PRIMARY KEY REFERENCES alerts (number),
	kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 7),
	case_id INTEGER NOT NULL REFERENCES cases (id),
	other INTEGER REFERENCES cases (id),
	value TEXT NOT NULL CHECK (length(value) <= 63),
	asked_by TEXT NOT NULL CHECK (length(asked_by) <= 23),
	asked INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state = 'waiting' OR state = 'confirmed' OR
		state = 'denied' OR state = 'withdrawn'),
	answered INTEGER,
	answered_by TEXT NOT NULL CHECK (length(answered_by) <= 23),
	CHECK ((state = 'waiting') = (answered IS NULL))
) STRICT;
CREATE UNIQUE INDEX confirmations_waiting ON confirmations (kind, case_id) WHERE state = 'waiting';
