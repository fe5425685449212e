-- 0007_attendance.sql - what the rules of attendance ask, answered without reading years of rows.
--
-- An absence names its class and day itself, so that one pupil's school year is one stretch of an index.
-- A class-day says whether it lists numbers (then who is not listed was there) and how many of how many
-- were away.  pupil_years and class_years are sums of standing rows, kept by triggers in the turn that
-- changes a row, whoever changes it; a school year runs from August to July and is named by its first
-- calendar year: register numbers are given anew in each.

ALTER TABLE absences ADD COLUMN school TEXT NOT NULL DEFAULT '' CHECK (length(school) <= 11);
ALTER TABLE absences ADD COLUMN class_name TEXT NOT NULL DEFAULT '' CHECK (length(class_name) <= 11);
ALTER TABLE absences ADD COLUMN day TEXT NOT NULL DEFAULT '' CHECK (length(day) IN (0, 10));
UPDATE absences SET
	school = (SELECT d.school FROM class_days d WHERE d.id = absences.class_day),
	class_name = (SELECT d.class_name FROM class_days d WHERE d.id = absences.class_day),
	day = (SELECT d.day FROM class_days d WHERE d.id = absences.class_day);
CREATE INDEX absences_pupil ON absences (school, class_name, pupil, day, category)
	WHERE state = 'stands' AND category NOT IN ('late', 'left_early');

-- places: how many could have come, 0 = nobody said
ALTER TABLE class_days ADD COLUMN listed INTEGER NOT NULL DEFAULT 0 CHECK (listed IN (0, 1));
ALTER TABLE class_days ADD COLUMN missed INTEGER NOT NULL DEFAULT 0 CHECK (missed >= 0);
ALTER TABLE class_days ADD COLUMN places INTEGER NOT NULL DEFAULT 0 CHECK (places >= 0);
UPDATE class_days SET
	listed = CASE WHEN EXISTS (SELECT 1 FROM class_days l WHERE l.first = class_days.first
		AND l.state <> 'undone' AND l.count <= 0) THEN 1 ELSE 0 END,
	missed = (SELECT count(*) FROM absences a WHERE a.class_day = class_days.first
		AND a.state = 'stands' AND a.category NOT IN ('late', 'left_early')),
	places = CASE WHEN enrolled > 0 THEN enrolled ELSE coalesce((SELECT c.register_size
		FROM classes c WHERE c.school = class_days.school AND c.name = class_days.class_name),
		0) END
	WHERE state = 'stands';
UPDATE class_days SET listed = 1 WHERE state = 'stands' AND count > 0 AND missed >= count;
UPDATE class_days SET missed = count WHERE state = 'stands' AND count > missed;
CREATE INDEX class_days_listed ON class_days (school, class_name, day)
	WHERE state = 'stands' AND listed = 1;

CREATE TABLE pupil_years (
	school TEXT NOT NULL,
	class_name TEXT NOT NULL,
	year INTEGER NOT NULL,
	pupil INTEGER NOT NULL,
	absent INTEGER NOT NULL CHECK (absent >= 0),
	unexcused INTEGER NOT NULL CHECK (unexcused BETWEEN 0 AND absent),
	PRIMARY KEY (school, class_name, year, pupil)
) STRICT;
INSERT INTO pupil_years (school, class_name, year, pupil, absent, unexcused)
	SELECT school, class_name,
		CAST(substr(day, 1, 4) AS INTEGER) - (substr(day, 6, 2) < '08') AS y, pupil, count(*),
		sum(category <> 'excused')
	FROM absences WHERE state = 'stands' AND category NOT IN ('late', 'left_early')
	GROUP BY school, class_name, y, pupil;

-- listed: days with numbers; rated, missed, places: days of which it is known how many could have come
CREATE TABLE class_years (
	school TEXT NOT NULL,
	class_name TEXT NOT NULL,
	year INTEGER NOT NULL,
	listed INTEGER NOT NULL CHECK (listed >= 0),
	rated INTEGER NOT NULL CHECK (rated >= 0),
	missed INTEGER NOT NULL CHECK (missed >= 0),
	places INTEGER NOT NULL CHECK (places >= 0),
	PRIMARY KEY (school, class_name, year)
) STRICT;
INSERT INTO class_years (school, class_name, year, listed, rated, missed, places)
	SELECT school, class_name,
		CAST(substr(day, 1, 4) AS INTEGER) - (substr(day, 6, 2) < '08') AS y, sum(listed),
		sum(places > 0), sum(missed * (places > 0)), sum(places)
	FROM class_days WHERE state = 'stands' GROUP BY school, class_name, y;

CREATE TRIGGER absences_counted_i AFTER INSERT ON absences
	WHEN NEW.state = 'stands' AND NEW.category NOT IN ('late', 'left_early')
BEGIN
	INSERT INTO pupil_years (school, class_name, year, pupil, absent, unexcused)
		VALUES (NEW.school, NEW.class_name,
			CAST(substr(NEW.day, 1, 4) AS INTEGER) - (substr(NEW.day, 6, 2) < '08'),
			NEW.pupil, 1, NEW.category <> 'excused')
		ON CONFLICT (school, class_name, year, pupil) DO UPDATE SET absent = absent + 1,
			unexcused = unexcused + (NEW.category <> 'excused');
END;
CREATE TRIGGER absences_counted_u AFTER UPDATE OF state ON absences
	WHEN (OLD.state = 'stands') <> (NEW.state = 'stands')
		AND NEW.category NOT IN ('late', 'left_early')
BEGIN
	UPDATE pupil_years SET
		absent = absent + CASE WHEN NEW.state = 'stands' THEN 1 ELSE -1 END,
		unexcused = unexcused + (NEW.category <> 'excused')
			* CASE WHEN NEW.state = 'stands' THEN 1 ELSE -1 END
		WHERE school = NEW.school AND class_name = NEW.class_name AND pupil = NEW.pupil
		AND year = CAST(substr(NEW.day, 1, 4) AS INTEGER) - (substr(NEW.day, 6, 2) < '08');
END;
CREATE TRIGGER class_days_counted_i AFTER INSERT ON class_days WHEN NEW.state = 'stands'
BEGIN
	INSERT INTO class_years (school, class_name, year, listed, rated, missed, places)
		VALUES (NEW.school, NEW.class_name,
			CAST(substr(NEW.day, 1, 4) AS INTEGER) - (substr(NEW.day, 6, 2) < '08'),
			NEW.listed, NEW.places > 0, NEW.missed * (NEW.places > 0), NEW.places)
		ON CONFLICT (school, class_name, year) DO UPDATE SET listed = listed + NEW.listed,
			rated = rated + (NEW.places > 0),
			missed = missed + NEW.missed * (NEW.places > 0), places = places + NEW.places;
END;
CREATE TRIGGER class_days_counted_u AFTER UPDATE OF state, listed, missed, places ON class_days
	WHEN OLD.state = 'stands' OR NEW.state = 'stands'
BEGIN
	UPDATE class_years SET
		listed = listed - OLD.listed * (OLD.state = 'stands')
			+ NEW.listed * (NEW.state = 'stands'),
		rated = rated - (OLD.places > 0) * (OLD.state = 'stands')
			+ (NEW.places > 0) * (NEW.state = 'stands'),
		missed = missed - OLD.missed * (OLD.places > 0) * (OLD.state = 'stands')
			+ NEW.missed * (NEW.places > 0) * (NEW.state = 'stands'),
		places = places - OLD.places * (OLD.state = 'stands')
			+ NEW.places * (NEW.state = 'stands')
		WHERE school = NEW.school AND class_name = NEW.class_name
		AND year = CAST(substr(NEW.day, 1, 4) AS INTEGER) - (substr(NEW.day, 6, 2) < '08');
END;

-- "He is back": days up to this one no longer join what comes after it.
INSERT INTO sequence (name, next) VALUES ('return', 1), ('enrolment', 1);
CREATE TABLE pupil_returns (
	id INTEGER PRIMARY KEY,
	school TEXT NOT NULL CHECK (length(school) <= 11),
	class_name TEXT NOT NULL CHECK (length(class_name) <= 11),
	pupil INTEGER NOT NULL CHECK (pupil BETWEEN 0 AND 999),
	day TEXT NOT NULL CHECK (length(day) = 10),
	message INTEGER REFERENCES messages (id),
	at INTEGER NOT NULL,
	undone INTEGER
) STRICT;
CREATE UNIQUE INDEX pupil_returns_stand ON pupil_returns (school, class_name, pupil, day)
	WHERE undone IS NULL;
CREATE INDEX pupil_returns_message ON pupil_returns (message) WHERE message IS NOT NULL;
-- until now one return a pupil was kept, under meta "back SH1 5A 12"
WITH back AS (
	SELECT substr(name, 6) AS rest, value AS day FROM meta WHERE name LIKE 'back % % %'
		AND length(value) = 10
), split AS (
	SELECT substr(rest, 1, instr(rest, ' ') - 1) AS school,
		substr(rest, instr(rest, ' ') + 1) AS rest, day FROM back
)
INSERT INTO pupil_returns (id, school, class_name, pupil, day, message, at)
	SELECT row_number() OVER (ORDER BY school, rest), school,
		substr(rest, 1, instr(rest, ' ') - 1),
		CAST(substr(rest, instr(rest, ' ') + 1) AS INTEGER), day, NULL, 0 FROM split;
UPDATE sequence SET next = (SELECT coalesce(max(id), 0) + 1 FROM pupil_returns)
	WHERE name = 'return';
DELETE FROM meta WHERE name LIKE 'back % % %' AND length(value) = 10;

-- A pupil without a row is enrolled: the register is numbers 1 to its size.
CREATE TABLE enrolments (
	id INTEGER PRIMARY KEY,
	school TEXT NOT NULL CHECK (length(school) <= 11),
	class_name TEXT NOT NULL CHECK (length(class_name) <= 11),
	year INTEGER NOT NULL,
	pupil INTEGER NOT NULL CHECK (pupil BETWEEN 0 AND 999),
	state TEXT NOT NULL CHECK (state IN ('enrolled', 'left')),
	ended TEXT NOT NULL CHECK (length(ended) IN (0, 10)),
	reason TEXT NOT NULL CHECK (length(reason) <= 31),
	message INTEGER REFERENCES messages (id),
	at INTEGER NOT NULL,
	CHECK ((state = 'left') = (ended <> ''))
) STRICT;
CREATE UNIQUE INDEX enrolments_pupil ON enrolments (school, class_name, year, pupil);
CREATE INDEX enrolments_message ON enrolments (message) WHERE message IS NOT NULL;

-- Where and when an absence of some length began: what a cluster is looked for in.  A hint, proved
-- against the days when it is used; nothing is taken out when a report is corrected.
CREATE TABLE absence_starts (
	school TEXT NOT NULL,
	class_name TEXT NOT NULL,
	day TEXT NOT NULL CHECK (length(day) = 10),
	pupil INTEGER NOT NULL,
	zone TEXT NOT NULL CHECK (length(zone) <= 11),
	PRIMARY KEY (school, class_name, day, pupil)
) STRICT;
CREATE INDEX absence_starts_zone ON absence_starts (zone, day) WHERE zone <> '';

CREATE INDEX cases_pupil ON cases (school, class_name, pupil)
	WHERE pupil >= 0 AND state NOT IN ('closed', 'duplicate');
