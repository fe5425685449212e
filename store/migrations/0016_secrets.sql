-- 0016_secrets.sql - PINs and codewords as slow hashes, and the texts that wait for one to be checked.
--
-- secret, sealed with the roster's key: salt, hash, and a second hash that is random where there is no
-- second PIN, so that nobody who reads the row can tell.  once: it must be changed before it opens
-- anything.  tries: counted before each check, back to 0 by a right one.
--
-- A message in `parked` is 'ready' and not handed out: what was typed in it lies in memory alone.  Its
-- rows are taken out at the start of the hub, which then asks the sender again.

INSERT INTO sequence (name, next) VALUES ('secret', 1);

CREATE TABLE secrets (
	reporter TEXT NOT NULL REFERENCES reporters (id) ON DELETE CASCADE,
	kind TEXT NOT NULL CHECK (kind = 'pin' OR kind = 'codeword'),
	seal INTEGER NOT NULL UNIQUE,
	secret BLOB NOT NULL,
	once INTEGER NOT NULL CHECK (once IN (0, 1)),
	tries INTEGER NOT NULL CHECK (tries >= 0),
	locked_until INTEGER NOT NULL,
	changed INTEGER NOT NULL,
	PRIMARY KEY (reporter, kind)
) STRICT;

CREATE TABLE parked (
	message INTEGER PRIMARY KEY REFERENCES messages (id),
	since INTEGER NOT NULL
) STRICT;

-- A menu's last screen is made when its report's PIN was checked.
CREATE INDEX ussd_sessions_message ON ussd_sessions (message) WHERE message IS NOT NULL;
