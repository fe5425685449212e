-- 0011_lean.sql - indexes that cost less a text.
--
-- Only alerts are told of when late: replies need no place in that index.  And the classes of a reporter
-- come in their order without being sorted.

DROP INDEX outbox_late;
CREATE INDEX outbox_late ON outbox (created) WHERE told = 0
	AND (kind = 'alert' OR alert IS NOT NULL)
	AND (state = 'queued' OR state = 'inflight' OR state = 'submitting' OR state = 'failed'
		OR state = 'dead' OR state = 'expired' OR state = 'uncertain');
CREATE INDEX reporter_classes_place ON reporter_classes (reporter, place, name);
