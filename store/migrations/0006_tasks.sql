-- 0006_tasks.sql - the meetings of the group, the tasks it sets, and checkpoints of the audit.
--
-- A task's due day is local ISO text, '' = none; due_meeting: it is due at that meeting and moves with
-- it.  carries counts how often its day was put off; counted is the meeting that did so last, so that
-- none counts twice.  overdue_told: the due day of which its people were told that it had passed.

INSERT INTO sequence (name, next) VALUES ('meeting', 1), ('task', 1), ('task_event', 1);

CREATE TABLE meetings (
	id INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	place TEXT NOT NULL CHECK (length(place) <= 11),
	state TEXT NOT NULL CHECK (state = 'planned' OR state = 'held' OR state = 'cancelled'),
	source TEXT NOT NULL CHECK (source IN ('schedule', 'person')),
	week_told INTEGER NOT NULL,
	day_told INTEGER NOT NULL,
	minutes INTEGER NOT NULL CHECK (minutes >= 0),
	closed INTEGER,
	created INTEGER NOT NULL,
	CHECK ((state = 'held') = (closed IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX meetings_at ON meetings (at) WHERE state <> 'cancelled';

CREATE TABLE rsvps (
	meeting INTEGER NOT NULL REFERENCES meetings (id),
	reporter TEXT NOT NULL CHECK (length(reporter) BETWEEN 1 AND 23),
	agency TEXT NOT NULL CHECK (length(agency) <= 11),
	attending INTEGER NOT NULL CHECK (attending IN (0, 1)),
	at INTEGER NOT NULL,
	PRIMARY KEY (meeting, reporter)
) STRICT;

CREATE TABLE tasks (
	number INTEGER PRIMARY KEY,
	dedupe TEXT UNIQUE CHECK (length(dedupe) BETWEEN 1 AND 63),
	case_id INTEGER REFERENCES cases (id),
	agency TEXT NOT NULL CHECK (length(agency) BETWEEN 1 AND 11),
	assignee TEXT NOT NULL CHECK (length(assignee) <= 23),
	service TEXT NOT NULL CHECK (length(service) <= 31),
	set_by TEXT NOT NULL CHECK (length(set_by) BETWEEN 1 AND 23),
	set_at INTEGER NOT NULL,
	meeting INTEGER REFERENCES meetings (id),
	message INTEGER REFERENCES messages (id),
	due TEXT NOT NULL CHECK (length(due) IN (0, 10)),
	due_meeting INTEGER REFERENCES meetings (id),
	state TEXT NOT NULL CHECK (state = 'open' OR state = 'progress' OR state = 'deferred' OR
		state = 'carried' OR state = 'done' OR state = 'cancelled'),
	carries INTEGER NOT NULL CHECK (carries >= 0),
	counted INTEGER REFERENCES meetings (id),
	overdue_told TEXT NOT NULL CHECK (length(overdue_told) IN (0, 10)),
	changed INTEGER NOT NULL,
	closed INTEGER,
	CHECK ((state IN ('done', 'cancelled')) = (closed IS NOT NULL)),
	CHECK (due_meeting IS NULL OR due <> '')
) STRICT;
CREATE INDEX tasks_open ON tasks (agency, number) WHERE closed IS NULL;
CREATE INDEX tasks_due ON tasks (due) WHERE closed IS NULL AND due <> '';
CREATE INDEX tasks_case ON tasks (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX tasks_message ON tasks (message) WHERE message IS NOT NULL;
CREATE INDEX tasks_meeting ON tasks (meeting) WHERE meeting IS NOT NULL;

-- What became of a task, step by step; due: the day that stood after it.
CREATE TABLE task_events (
	id INTEGER PRIMARY KEY,
	task INTEGER NOT NULL REFERENCES tasks (number),
	at INTEGER NOT NULL,
	who TEXT NOT NULL CHECK (length(who) BETWEEN 1 AND 23),
	what TEXT NOT NULL CHECK (what = 'set' OR what = 'progress' OR what = 'deferred' OR
		what = 'carried' OR what = 'moved' OR what = 'done' OR what = 'cancelled'),
	due TEXT NOT NULL CHECK (length(due) IN (0, 10))
) STRICT;
CREATE INDEX task_events_task ON task_events (task, id);
CREATE INDEX task_events_at ON task_events (at);
CREATE TRIGGER task_events_kept_u BEFORE UPDATE ON task_events
BEGIN SELECT RAISE(ABORT, 'task_events is append-only'); END;
CREATE TRIGGER task_events_kept_d BEFORE DELETE ON task_events
BEGIN SELECT RAISE(ABORT, 'task_events is append-only'); END;

-- A decision of a meeting's minutes that was carried out: the same file a second time does nothing.
CREATE TABLE meeting_decisions (
	meeting INTEGER NOT NULL REFERENCES meetings (id),
	decision TEXT NOT NULL CHECK (length(decision) BETWEEN 1 AND 127),
	task INTEGER NOT NULL REFERENCES tasks (number),
	at INTEGER NOT NULL,
	PRIMARY KEY (meeting, decision)
) STRICT;

-- hash: of the audit row upto; signature: Ed25519 over all before it, by a key made from the audit's own.  Rows
-- up to a checkpoint, and no others, may be taken out: the trigger lets them go.
CREATE TABLE audit_checkpoints (
	upto INTEGER PRIMARY KEY CHECK (upto > 0),
	at INTEGER NOT NULL,
	row_at INTEGER NOT NULL,
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	signature BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT;
CREATE TRIGGER audit_checkpoints_kept_u BEFORE UPDATE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'audit_checkpoints is append-only'); END;
CREATE TRIGGER audit_checkpoints_kept_d BEFORE DELETE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'audit_checkpoints is append-only'); END;

DROP TRIGGER audit_kept_d;
CREATE TRIGGER audit_kept_d BEFORE DELETE ON audit
WHEN OLD.id > (SELECT coalesce(max(upto), 0) FROM audit_checkpoints)
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE INDEX audit_object ON audit (object, id);
