-- 0001_start.sql - the first shape of the store.  Legal states and who moves between them: STATES.md.
--
-- Times are UTC seconds, days local ISO text, hashes 32 octets under the index key, sealed values
-- blobs of seal.c.  Reporters, schools and classes named by facts are plain text without a foreign
-- key: the roster follows the configuration, and a fact outlives the person's place in it.  Partial
-- indexes spell their condition the way the query does, or SQLite would not use them.  Lists of three and
-- more are spelt with OR: for IN it fills a temporary table each time a statement runs, which is slower
-- than the insert itself.

CREATE TABLE meta (
	name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 31),
	value TEXT NOT NULL CHECK (length(value) <= 255)
) STRICT;

-- Row ids are handed out before the insert, because a seal is bound to the row it stands in.
CREATE TABLE sequence (
	name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 31),
	next INTEGER NOT NULL CHECK (next > 0)
) STRICT;
INSERT INTO sequence (name, next) VALUES
	('alert', 1), ('attendance', 1), ('audit', 1), ('case', 1), ('event', 1), ('message', 1),
	('outbox', 1), ('reading', 1), ('reporter', 1), ('segment', 1);

CREATE TABLE schools (
	id TEXT PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 11)
) STRICT;

CREATE TABLE classes (
	school TEXT NOT NULL REFERENCES schools (id),
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 11),
	register_size INTEGER NOT NULL CHECK (register_size BETWEEN 0 AND 999),
	shift TEXT NOT NULL CHECK (length(shift) <= 15),
	PRIMARY KEY (school, name)
) STRICT;

CREATE TABLE reporters (
	id TEXT PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 23),
	seal INTEGER NOT NULL UNIQUE,
	role TEXT NOT NULL CHECK (role = 'teacher' OR role = 'head' OR role = 'outreach' OR
		role = 'coordinator' OR role = 'duty' OR role = 'agency'),
	school TEXT REFERENCES schools (id),
	agency TEXT NOT NULL CHECK (length(agency) <= 11),
	lang TEXT NOT NULL CHECK (length(lang) <= 3),
	active INTEGER NOT NULL CHECK (active IN (0, 1)),
	number BLOB NOT NULL,
	number_hash BLOB NOT NULL UNIQUE CHECK (length(number_hash) = 32),
	changed INTEGER NOT NULL
) STRICT;
CREATE INDEX reporters_role ON reporters (role, id);

CREATE TABLE reporter_classes (
	reporter TEXT NOT NULL REFERENCES reporters (id),
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 11),
	place INTEGER NOT NULL,
	PRIMARY KEY (reporter, name)
) STRICT;

CREATE TABLE contexts (
	reporter TEXT PRIMARY KEY REFERENCES reporters (id),
	asked TEXT NOT NULL CHECK (length(asked) <= 63),
	case_code TEXT NOT NULL CHECK (length(case_code) <= 23),
	expires INTEGER NOT NULL
) STRICT;

CREATE TABLE cases (
	id INTEGER PRIMARY KEY,
	code TEXT NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 23),
	message INTEGER,
	opened INTEGER NOT NULL,
	updated INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state = 'new' OR state = 'assessment' OR state = 'plan' OR
		state = 'services' OR state = 'closed' OR state = 'duplicate'),
	risk TEXT NOT NULL CHECK (risk = 'high' OR risk = 'medium' OR risk = 'low' OR risk = ''),
	concerns TEXT NOT NULL CHECK (length(concerns) <= 95),
	zone TEXT NOT NULL CHECK (length(zone) <= 7),
	sex TEXT NOT NULL CHECK (length(sex) <= 1),
	country TEXT NOT NULL CHECK (length(country) <= 2),
	age INTEGER NOT NULL CHECK (age >= -1),
	n_children INTEGER NOT NULL CHECK (n_children >= -1),
	urgent INTEGER NOT NULL CHECK (urgent IN (0, 1)),
	partial INTEGER NOT NULL CHECK (partial IN (0, 1)),
	missing TEXT NOT NULL CHECK (length(missing) <= 31),
	flags TEXT NOT NULL CHECK (length(flags) <= 95),
	owner TEXT NOT NULL CHECK (length(owner) <= 23),
	school TEXT NOT NULL CHECK (length(school) <= 11),
	class_name TEXT NOT NULL CHECK (length(class_name) <= 11),
	pupil INTEGER NOT NULL CHECK (pupil >= -1),
	FOREIGN KEY (message) REFERENCES messages (id)
) STRICT;
CREATE INDEX cases_open_owner ON cases (owner, id) WHERE state NOT IN ('closed', 'duplicate');
CREATE INDEX cases_state ON cases (state, id);
CREATE INDEX cases_message ON cases (message) WHERE message IS NOT NULL;

CREATE TABLE messages (
	id INTEGER PRIMARY KEY,
	channel TEXT NOT NULL CHECK (channel = 'sms' OR channel = 'http' OR channel = 'ussd' OR
		channel = 'console'),
	modem TEXT NOT NULL CHECK (length(modem) <= 23),
	sender BLOB NOT NULL,
	sender_hash BLOB NOT NULL CHECK (length(sender_hash) = 32),
	sent INTEGER NOT NULL,
	zone INTEGER NOT NULL,
	received INTEGER NOT NULL,
	ref INTEGER NOT NULL CHECK (ref BETWEEN 0 AND 65535),
	bits INTEGER NOT NULL CHECK (bits = 0 OR bits = 8 OR bits = 16),
	total INTEGER NOT NULL CHECK (total BETWEEN 1 AND 255),
	have INTEGER NOT NULL CHECK (have BETWEEN 1 AND total),
	attempts INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state = 'waiting' OR state = 'ready' OR state = 'read' OR
		state = 'queued' OR state = 'quarantined'),
	reason TEXT NOT NULL CHECK (length(reason) <= 95),
	reporter TEXT NOT NULL CHECK (length(reporter) <= 23),
	settled INTEGER,
	case_id INTEGER REFERENCES cases (id),
	text BLOB,
	dedupe BLOB UNIQUE CHECK (dedupe IS NULL OR length(dedupe) = 32)
) STRICT;
CREATE INDEX messages_waiting ON messages (received, id) WHERE state = 'waiting';
CREATE INDEX messages_ready ON messages (id) WHERE state = 'ready';
CREATE INDEX messages_queued ON messages (id) WHERE state = 'queued';
CREATE INDEX messages_quarantined ON messages (id) WHERE state = 'quarantined';
CREATE INDEX messages_sender ON messages (sender_hash, received);
CREATE INDEX messages_reporter ON messages (reporter, received) WHERE state = 'read';
CREATE INDEX messages_case ON messages (case_id) WHERE case_id IS NOT NULL;

CREATE TABLE segments (
	id INTEGER PRIMARY KEY,
	hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
	modem TEXT NOT NULL CHECK (length(modem) <= 23),
	memory TEXT NOT NULL CHECK (length(memory) <= 7),
	place INTEGER NOT NULL,
	received INTEGER NOT NULL,
	rebuilt INTEGER NOT NULL CHECK (rebuilt IN (0, 1)),
	octets BLOB,
	attempts INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state = 'received' OR state = 'joined' OR
		state = 'settled' OR state = 'quarantined'),
	reason TEXT NOT NULL CHECK (length(reason) <= 95),
	message INTEGER REFERENCES messages (id),
	seq INTEGER,
	sent INTEGER,
	CHECK ((state = 'joined') = (message IS NOT NULL AND seq IS NOT NULL)),
	UNIQUE (message, seq)
) STRICT;
CREATE INDEX segments_received ON segments (id) WHERE state = 'received';
CREATE INDEX segments_quarantined ON segments (id) WHERE state = 'quarantined';

CREATE TABLE readings (
	id INTEGER PRIMARY KEY,
	message INTEGER NOT NULL REFERENCES messages (id),
	ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
	intent TEXT NOT NULL CHECK (length(intent) <= 47),
	error TEXT NOT NULL CHECK (length(error) <= 63),
	about TEXT NOT NULL CHECK (length(about) <= 63),
	keys TEXT NOT NULL CHECK (length(keys) <= 8191),
	undone INTEGER,
	UNIQUE (message, ordinal)
) STRICT;

-- One row a report of a class-day.  first: the id that stands for the class-day, that of its first
-- row.  At most one row of a class-day stands.
CREATE TABLE class_days (
	id INTEGER PRIMARY KEY,
	first INTEGER NOT NULL REFERENCES class_days (id),
	school TEXT NOT NULL CHECK (length(school) <= 11),
	class_name TEXT NOT NULL CHECK (length(class_name) <= 11),
	day TEXT NOT NULL CHECK (length(day) = 10),
	reporter TEXT NOT NULL CHECK (length(reporter) <= 23),
	message INTEGER REFERENCES messages (id),
	count INTEGER NOT NULL CHECK (count >= -1),
	enrolled INTEGER NOT NULL CHECK (enrolled >= -1),
	at INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state = 'stands' OR state = 'superseded' OR state = 'undone'),
	undone INTEGER
) STRICT;
CREATE UNIQUE INDEX class_days_stands ON class_days (school, class_name, day)
	WHERE state = 'stands';
CREATE INDEX class_days_of ON class_days (school, class_name, day, id);
CREATE INDEX class_days_first ON class_days (first, id);
CREATE INDEX class_days_message ON class_days (message) WHERE message IS NOT NULL;

CREATE TABLE absences (
	id INTEGER PRIMARY KEY,
	class_day INTEGER NOT NULL REFERENCES class_days (id),
	message INTEGER REFERENCES messages (id),
	pupil INTEGER NOT NULL CHECK (pupil BETWEEN 0 AND 999),
	category TEXT NOT NULL CHECK (category = 'unknown' OR category = 'excused' OR
		category = 'unexcused' OR category = 'late' OR category = 'left_early'),
	reason TEXT NOT NULL CHECK (length(reason) <= 31),
	country TEXT NOT NULL CHECK (length(country) <= 2),
	at INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state = 'stands' OR state = 'superseded' OR state = 'undone'),
	superseded_by INTEGER REFERENCES absences (id),
	undone INTEGER,
	CHECK (state <> 'superseded' OR superseded_by IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX absences_stand ON absences (class_day, pupil) WHERE state = 'stands';
CREATE INDEX absences_message ON absences (message) WHERE message IS NOT NULL;
CREATE INDEX absences_chain ON absences (superseded_by) WHERE superseded_by IS NOT NULL;

CREATE TABLE case_events (
	id INTEGER PRIMARY KEY,
	case_id INTEGER NOT NULL REFERENCES cases (id),
	at INTEGER NOT NULL,
	who TEXT NOT NULL CHECK (length(who) <= 23),
	what TEXT NOT NULL CHECK (length(what) <= 23),
	detail TEXT NOT NULL CHECK (length(detail) <= 95),
	note BLOB
) STRICT;
CREATE INDEX case_events_case ON case_events (case_id, id);
CREATE TRIGGER case_events_kept_u BEFORE UPDATE ON case_events
BEGIN SELECT RAISE(ABORT, 'case_events is append-only'); END;
CREATE TRIGGER case_events_kept_d BEFORE DELETE ON case_events
BEGIN SELECT RAISE(ABORT, 'case_events is append-only'); END;

CREATE TABLE alerts (
	number INTEGER PRIMARY KEY,
	rule TEXT NOT NULL CHECK (length(rule) BETWEEN 1 AND 7),
	subject TEXT NOT NULL CHECK (length(subject) <= 63),
	span TEXT NOT NULL CHECK (length(span) <= 31),
	case_id INTEGER REFERENCES cases (id),
	state TEXT NOT NULL CHECK (state = 'open' OR state = 'acked' OR state = 'withdrawn' OR
		state = 'done'),
	urgent INTEGER NOT NULL CHECK (urgent IN (0, 1)),
	step INTEGER NOT NULL CHECK (step >= 0),
	raised INTEGER NOT NULL,
	escalate_at INTEGER NOT NULL,
	acked_by TEXT NOT NULL CHECK (length(acked_by) <= 23),
	acked_at INTEGER NOT NULL,
	message INTEGER REFERENCES messages (id),
	reason TEXT NOT NULL CHECK (length(reason) <= 95),
	closed INTEGER,
	UNIQUE (rule, subject, span),
	CHECK ((state = 'acked') = (acked_by <> ''))
) STRICT;
CREATE INDEX alerts_open ON alerts (number) WHERE state = 'open';
CREATE INDEX alerts_due ON alerts (escalate_at) WHERE state = 'open' AND escalate_at > 0;
CREATE INDEX alerts_subject ON alerts (subject) WHERE state = 'open';
CREATE INDEX alerts_message ON alerts (message) WHERE message IS NOT NULL;

CREATE TABLE outbox (
	id INTEGER PRIMARY KEY,
	uid TEXT NOT NULL UNIQUE CHECK (length(uid) BETWEEN 1 AND 39),
	leg TEXT NOT NULL CHECK (leg IN ('sms', 'http')),
	kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 11),
	reporter TEXT NOT NULL CHECK (length(reporter) <= 23),
	number BLOB,
	agency TEXT NOT NULL CHECK (length(agency) <= 11),
	event TEXT NOT NULL CHECK (length(event) <= 31),
	recipient BLOB NOT NULL,
	body BLOB,
	alert INTEGER REFERENCES alerts (number),
	message INTEGER REFERENCES messages (id),
	case_id INTEGER REFERENCES cases (id),
	urgent INTEGER NOT NULL CHECK (urgent IN (0, 1)),
	turn INTEGER NOT NULL,
	created INTEGER NOT NULL,
	not_before INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state = 'queued' OR state = 'inflight' OR
		state = 'submitting' OR state = 'sent' OR state = 'delivered' OR
		state = 'failed' OR state = 'dead' OR state = 'expired' OR
		state = 'uncertain' OR state = 'dropped'),
	attempts INTEGER NOT NULL,
	worker TEXT NOT NULL CHECK (length(worker) <= 31),
	reason TEXT NOT NULL CHECK (length(reason) <= 95),
	settled INTEGER,
	told INTEGER NOT NULL CHECK (told IN (0, 1)),
	CHECK (leg <> 'sms' OR (number IS NOT NULL AND state <> 'inflight')),
	CHECK (leg <> 'http' OR (agency <> '' AND (state <> 'submitting' AND state <> 'sent' AND
		state <> 'uncertain')))
) STRICT;
CREATE INDEX outbox_turn ON outbox (leg, urgent DESC, turn, id) WHERE state = 'queued';
CREATE INDEX outbox_due ON outbox (leg, not_before) WHERE state = 'queued';
CREATE INDEX outbox_recipient ON outbox (leg, recipient, turn) WHERE state = 'queued';
CREATE INDEX outbox_expires ON outbox (expires) WHERE state = 'queued' AND expires > 0;
CREATE INDEX outbox_state ON outbox (leg, state);
CREATE INDEX outbox_late ON outbox (created) WHERE told = 0 AND (state = 'queued' OR
		state = 'inflight' OR state = 'submitting' OR state = 'failed' OR
		state = 'dead' OR state = 'expired' OR state = 'uncertain');

CREATE TABLE alert_told (
	alert INTEGER NOT NULL REFERENCES alerts (number),
	reporter TEXT NOT NULL CHECK (length(reporter) BETWEEN 1 AND 23),
	step INTEGER NOT NULL CHECK (step >= 0),
	outbox INTEGER REFERENCES outbox (id),
	PRIMARY KEY (alert, reporter, step)
) STRICT;
CREATE INDEX alert_told_reporter ON alert_told (reporter, alert);

CREATE TABLE attempts (
	outbox INTEGER NOT NULL REFERENCES outbox (id),
	n INTEGER NOT NULL CHECK (n > 0),
	worker TEXT NOT NULL,
	started INTEGER NOT NULL,
	ended INTEGER,
	outcome TEXT NOT NULL CHECK (outcome = '' OR outcome = 'sent' OR
		outcome = 'delivered' OR outcome = 'deferred' OR outcome = 'failed' OR
		outcome = 'dead' OR outcome = 'expired' OR outcome = 'uncertain' OR
		outcome = 'lost' OR outcome = 'dropped'),
	code INTEGER NOT NULL,
	detail TEXT NOT NULL CHECK (length(detail) <= 95),
	PRIMARY KEY (outbox, n),
	CHECK ((ended IS NULL) = (outcome = ''))
) STRICT;

CREATE TABLE sms_parts (
	outbox INTEGER NOT NULL REFERENCES outbox (id),
	attempt INTEGER NOT NULL,
	part INTEGER NOT NULL CHECK (part BETWEEN 1 AND 255),
	mr INTEGER NOT NULL CHECK (mr BETWEEN 0 AND 255),
	recipient BLOB NOT NULL,
	sent INTEGER NOT NULL,
	status INTEGER,
	reported INTEGER,
	PRIMARY KEY (outbox, attempt, part)
) STRICT;
CREATE INDEX sms_parts_report ON sms_parts (recipient, mr, sent, outbox);

CREATE TABLE audit (
	id INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	who TEXT NOT NULL CHECK (length(who) <= 31),
	verb TEXT NOT NULL CHECK (length(verb) <= 31),
	object TEXT NOT NULL CHECK (length(object) <= 63),
	result TEXT NOT NULL CHECK (length(result) <= 63),
	rule TEXT NOT NULL CHECK (length(rule) <= 31),
	hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TRIGGER audit_kept_u BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_kept_d BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
