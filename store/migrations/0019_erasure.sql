-- 0019_erasure.sql - what ends: cases erased or made anonymous, holds of the law, and keys changed under
-- what they sealed.

-- erased: nothing is left but the code, so that it is never given again.  anonymised: who, where exactly and
-- in what words is gone; concern, sex, age band, zone, times and counts stay.
ALTER TABLE cases ADD COLUMN erased INTEGER;
ALTER TABLE cases ADD COLUMN anonymised INTEGER;
CREATE INDEX cases_closed ON cases (updated) WHERE state IN ('closed', 'duplicate') AND erased IS NULL
	AND anonymised IS NULL;

-- The history of a case is append-only but for the seal of a note, which changes with its key, and goes with
-- the case.
DROP TRIGGER case_events_kept_u;
DROP TRIGGER case_events_kept_d;
CREATE TRIGGER case_events_kept_u BEFORE UPDATE OF id, case_id, at, who, what, detail ON case_events
	WHEN (SELECT erased IS NULL AND anonymised IS NULL FROM cases WHERE id = OLD.case_id)
BEGIN SELECT RAISE(ABORT, 'case_events is append-only'); END;
CREATE TRIGGER case_events_kept_d BEFORE DELETE ON case_events
	WHEN (SELECT erased IS NULL AND anonymised IS NULL FROM cases WHERE id = OLD.case_id)
BEGIN SELECT RAISE(ABORT, 'case_events is append-only'); END;

-- A case that a court or the law wants kept: while one stands, nothing of it ends.  reason: sealed under the
-- case's key.
CREATE TABLE legal_holds (
	id INTEGER PRIMARY KEY,
	case_id INTEGER NOT NULL REFERENCES cases (id),
	who TEXT NOT NULL CHECK (length(who) BETWEEN 1 AND 31),
	at INTEGER NOT NULL,
	reason BLOB NOT NULL,
	released INTEGER,
	released_by TEXT NOT NULL CHECK (length(released_by) <= 31),
	CHECK ((released IS NULL) = (released_by = ''))
) STRICT;
CREATE UNIQUE INDEX legal_holds_stand ON legal_holds (case_id) WHERE released IS NULL;
INSERT INTO sequence (name, next) VALUES ('hold', 1);

-- Erasures that two persons agreed on and that were not carried out to their end yet.
CREATE TABLE erasures (
	case_id INTEGER PRIMARY KEY REFERENCES cases (id),
	asked_by TEXT NOT NULL CHECK (length(asked_by) BETWEEN 1 AND 31),
	confirmed_by TEXT NOT NULL CHECK (length(confirmed_by) BETWEEN 1 AND 31),
	at INTEGER NOT NULL,
	CHECK (asked_by <> confirmed_by)
) STRICT;

-- What is taken out of the outbox, and of cases, is looked for by what hangs on it.
CREATE INDEX alert_told_outbox ON alert_told (outbox) WHERE outbox IS NOT NULL;
CREATE INDEX cases_merged ON cases (merged) WHERE merged IS NOT NULL;
CREATE INDEX outbox_case ON outbox (case_id) WHERE case_id IS NOT NULL;
