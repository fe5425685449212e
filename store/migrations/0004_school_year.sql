-- 0004_school_year.sql - imported classes and calendar.  A class that is gone is closed from a day on;
-- its register size is kept by the day from which it holds, so that a rate of last month is still that of
-- last month.  calendar: what imports and people added; the configuration's own days are not in it.

ALTER TABLE classes ADD COLUMN zone TEXT NOT NULL DEFAULT '' CHECK (length(zone) <= 11);
ALTER TABLE classes ADD COLUMN closed TEXT CHECK (closed IS NULL OR length(closed) = 10);

CREATE TABLE class_sizes (
	school TEXT NOT NULL,
	name TEXT NOT NULL,
	day TEXT NOT NULL CHECK (length(day) = 10),
	size INTEGER NOT NULL CHECK (size BETWEEN 0 AND 999),
	PRIMARY KEY (school, name, day),
	FOREIGN KEY (school, name) REFERENCES classes (school, name)
) STRICT;

INSERT INTO sequence (name, next) VALUES ('calendar', 1);
CREATE TABLE calendar (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL CHECK (kind = 'term' OR kind = 'holiday' OR kind = 'closure' OR
		kind = 'open'),
	from_day TEXT NOT NULL CHECK (length(from_day) = 10),
	to_day TEXT NOT NULL CHECK (length(to_day) = 10 AND to_day >= from_day),
	school TEXT NOT NULL CHECK (length(school) <= 11),
	why TEXT NOT NULL CHECK (length(why) <= 120),
	who TEXT NOT NULL CHECK (length(who) <= 31),
	at INTEGER NOT NULL,
	ended INTEGER,
	ended_by TEXT NOT NULL CHECK (length(ended_by) <= 31),
	CHECK ((ended IS NULL) = (ended_by = ''))
) STRICT;
CREATE UNIQUE INDEX calendar_stands ON calendar (kind, school, from_day) WHERE ended IS NULL;
CREATE INDEX calendar_from ON calendar (from_day, id) WHERE ended IS NULL;
