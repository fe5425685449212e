-- 0008_ussd.sql - USSD sessions.  Legal states and who moves between them: STATES.md.
--
-- session: keyed hash of the provider and its session key; number: keyed hash of the caller's, as in
-- reporters.  request: keyed hash of the last request, so that the same one again is seen.  draft, sealed
-- under its day's key: where the walk stands, its answers, and the screen shown last.  form, screen: where
-- he is, for counting where people give up.

INSERT INTO sequence (name, next) VALUES ('ussd', 1);

CREATE TABLE ussd_sessions (
	id INTEGER PRIMARY KEY,
	session BLOB NOT NULL UNIQUE CHECK (length(session) = 32),
	number BLOB NOT NULL CHECK (length(number) = 32),
	provider TEXT NOT NULL CHECK (length(provider) BETWEEN 1 AND 23),
	reporter TEXT NOT NULL CHECK (length(reporter) <= 23),
	state TEXT NOT NULL CHECK (state = 'open' OR state = 'closed' OR state = 'done' OR
		state = 'left' OR state = 'expired'),
	form TEXT NOT NULL CHECK (length(form) <= 31),
	screen TEXT NOT NULL CHECK (length(screen) <= 31),
	hops INTEGER NOT NULL CHECK (hops >= 0),
	started INTEGER NOT NULL,
	changed INTEGER NOT NULL,
	request BLOB NOT NULL CHECK (length(request) = 32),
	draft BLOB,
	message INTEGER REFERENCES messages (id)
) STRICT;
CREATE INDEX ussd_sessions_number ON ussd_sessions (number, changed) WHERE state IN ('open', 'closed');
CREATE INDEX ussd_sessions_changed ON ussd_sessions (changed) WHERE state IN ('open', 'closed');
CREATE INDEX ussd_sessions_spent ON ussd_sessions (changed)
	WHERE state NOT IN ('open', 'closed') AND draft IS NOT NULL;

-- How often a screen was shown, and how many went no further.
CREATE TABLE ussd_screens (
	provider TEXT NOT NULL CHECK (length(provider) BETWEEN 1 AND 23),
	form TEXT NOT NULL CHECK (length(form) <= 31),
	screen TEXT NOT NULL CHECK (length(screen) <= 31),
	shown INTEGER NOT NULL CHECK (shown >= 0),
	dropped INTEGER NOT NULL CHECK (dropped >= 0),
	PRIMARY KEY (provider, form, screen)
) STRICT;
