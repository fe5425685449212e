-- 0013_reintegration.sql - what brings a child back: a place in a class, how it goes on, an assisted return;
-- sessions of awareness and information sent to groups of staff.  Legal states: STATES.md.

INSERT INTO sequence (name, next) VALUES ('slot', 1), ('progress', 1), ('return_op', 1), ('campaign', 1),
	('broadcast', 1);

-- Which place in which class a case's child was given.  cases.school, class_name and pupil are those of the
-- row that stands; pupil -1: no register number yet; all of it '' and -1 once the case was erased.  was_*: what stood in the case before it.
CREATE TABLE case_slots (
	id INTEGER PRIMARY KEY,
	case_id INTEGER NOT NULL REFERENCES cases (id),
	at INTEGER NOT NULL,
	who TEXT NOT NULL CHECK (length(who) <= 23),
	message INTEGER REFERENCES messages (id),
	school TEXT NOT NULL CHECK (length(school) <= 11),
	class_name TEXT NOT NULL CHECK (length(class_name) <= 11),
	pupil INTEGER NOT NULL CHECK (pupil BETWEEN -1 AND 999),
	was_school TEXT NOT NULL CHECK (length(was_school) <= 11),
	was_class TEXT NOT NULL CHECK (length(was_class) <= 11),
	was_pupil INTEGER NOT NULL CHECK (was_pupil BETWEEN -1 AND 999),
	state TEXT NOT NULL CHECK (state = 'stands' OR state = 'superseded' OR state = 'undone')
) STRICT;
CREATE UNIQUE INDEX case_slots_stand ON case_slots (case_id) WHERE state = 'stands';
CREATE INDEX case_slots_at ON case_slots (at);
CREATE INDEX case_slots_message ON case_slots (message) WHERE message IS NOT NULL;

-- Scores of 1 (bad) to 5 (good), 0 = not said.  A second word of one person on one day takes the place of the
-- first.
CREATE TABLE progress (
	id INTEGER PRIMARY KEY,
	case_id INTEGER NOT NULL REFERENCES cases (id),
	at INTEGER NOT NULL,
	day TEXT NOT NULL CHECK (length(day) = 10),
	who TEXT NOT NULL CHECK (length(who) <= 23),
	message INTEGER REFERENCES messages (id),
	score INTEGER NOT NULL CHECK (score BETWEEN 0 AND 5),
	school INTEGER NOT NULL CHECK (school BETWEEN 0 AND 5),
	family INTEGER NOT NULL CHECK (family BETWEEN 0 AND 5),
	community INTEGER NOT NULL CHECK (community BETWEEN 0 AND 5),
	flags TEXT NOT NULL CHECK (length(flags) <= 95),
	state TEXT NOT NULL CHECK (state = 'stands' OR state = 'superseded' OR state = 'undone')
) STRICT;
CREATE INDEX progress_case ON progress (case_id, id) WHERE state = 'stands';
CREATE INDEX progress_message ON progress (message) WHERE message IS NOT NULL;

-- An assisted return.  day: announced, arrived: as it was, '' not yet, both local ISO; stage: how many of
-- the later visits were set; look_at: when the clock looks at it next, 0 = never.
CREATE TABLE returns (
	id INTEGER PRIMARY KEY,
	case_id INTEGER NOT NULL REFERENCES cases (id),
	message INTEGER REFERENCES messages (id),
	announced INTEGER NOT NULL,
	who TEXT NOT NULL CHECK (length(who) BETWEEN 1 AND 23),
	country TEXT NOT NULL CHECK (length(country) <= 2),
	day TEXT NOT NULL CHECK (length(day) = 10),
	arrived TEXT NOT NULL CHECK (length(arrived) IN (0, 10)),
	state TEXT NOT NULL CHECK (state = 'announced' OR state = 'missed' OR state = 'arrived' OR
		state = 'ended' OR state = 'cancelled'),
	unsafe INTEGER NOT NULL CHECK (unsafe IN (0, 1)),
	shelter INTEGER REFERENCES referrals (number),
	stage INTEGER NOT NULL CHECK (stage BETWEEN 0 AND 9),
	look_at INTEGER NOT NULL,
	assessment INTEGER REFERENCES tasks (number),
	reception INTEGER REFERENCES tasks (number),
	visit INTEGER REFERENCES tasks (number),
	enrol INTEGER REFERENCES tasks (number),
	CHECK (state NOT IN ('announced', 'missed') OR arrived = ''),
	CHECK (state <> 'arrived' OR arrived <> '')
) STRICT;
CREATE UNIQUE INDEX returns_open ON returns (case_id) WHERE state IN ('announced', 'missed', 'arrived');
CREATE INDEX returns_look ON returns (look_at) WHERE look_at > 0;
CREATE INDEX returns_message ON returns (message) WHERE message IS NOT NULL;

-- What became of them, counted: nothing leads from a row to a case.
CREATE TABLE return_outcomes (
	quarter TEXT NOT NULL CHECK (length(quarter) = 6),
	outcome TEXT NOT NULL CHECK (length(outcome) BETWEEN 1 AND 15),
	n INTEGER NOT NULL CHECK (n > 0),
	PRIMARY KEY (quarter, outcome)
) STRICT;

-- A session of awareness: where, when, how many; -1 = not said.
CREATE TABLE campaigns (
	id INTEGER PRIMARY KEY,
	message INTEGER REFERENCES messages (id),
	at INTEGER NOT NULL,
	day TEXT NOT NULL CHECK (length(day) = 10),
	who TEXT NOT NULL CHECK (length(who) BETWEEN 1 AND 23),
	school TEXT NOT NULL CHECK (length(school) <= 11),
	zone TEXT NOT NULL CHECK (length(zone) <= 7),
	participants INTEGER NOT NULL CHECK (participants >= 0),
	pupils INTEGER NOT NULL CHECK (pupils >= -1),
	parents INTEGER NOT NULL CHECK (parents >= -1),
	state TEXT NOT NULL CHECK (state = 'stands' OR state = 'undone'),
	CHECK (school <> '' OR zone <> '')
) STRICT;
CREATE INDEX campaigns_day ON campaigns (day, id) WHERE state = 'stands';
CREATE INDEX campaigns_message ON campaigns (message) WHERE message IS NOT NULL;

-- One approved text to a group of staff.  What became of each is the state of its outbox row.
CREATE TABLE broadcasts (
	id INTEGER PRIMARY KEY,
	template TEXT NOT NULL CHECK (length(template) BETWEEN 1 AND 31),
	role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 15),
	school TEXT NOT NULL CHECK (length(school) <= 11),
	zone TEXT NOT NULL CHECK (length(zone) <= 7),
	who TEXT NOT NULL CHECK (length(who) BETWEEN 1 AND 23),
	at INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state = 'sent' OR state = 'stopped')
) STRICT;
CREATE TABLE broadcast_told (
	broadcast INTEGER NOT NULL REFERENCES broadcasts (id),
	reporter TEXT NOT NULL CHECK (length(reporter) BETWEEN 1 AND 23),
	outbox INTEGER NOT NULL REFERENCES outbox (id),
	PRIMARY KEY (broadcast, reporter)
) STRICT;
CREATE UNIQUE INDEX broadcast_told_outbox ON broadcast_told (outbox);
