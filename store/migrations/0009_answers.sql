-- 0009_answers.sql - what agencies answer over HTTP: calls that were taken, so that none counts twice,
-- and links that let a person at an agency answer without a program.

-- uid: the caller's own id of the call (webhook-id).  status: what it was answered, as of HTTP.
CREATE TABLE answers (
	agency TEXT NOT NULL CHECK (length(agency) BETWEEN 1 AND 11),
	uid TEXT NOT NULL CHECK (length(uid) BETWEEN 1 AND 63),
	at INTEGER NOT NULL,
	what TEXT NOT NULL CHECK (length(what) <= 31),
	subject TEXT NOT NULL CHECK (length(subject) <= 31),
	status INTEGER NOT NULL,
	PRIMARY KEY (agency, uid)
) STRICT;
CREATE INDEX answers_at ON answers (at);

-- hash: the keyed hash of the token, which stands nowhere else but in the delivery that carries it.
CREATE TABLE links (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
	agency TEXT NOT NULL CHECK (length(agency) BETWEEN 1 AND 11),
	subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 31),
	made INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	used_at INTEGER,
	used TEXT NOT NULL CHECK (length(used) <= 31),
	CHECK ((used_at IS NULL) = (used = ''))
) STRICT;
CREATE INDEX links_expires ON links (expires);

CREATE INDEX outbox_told ON outbox (alert, agency) WHERE leg = 'http';
