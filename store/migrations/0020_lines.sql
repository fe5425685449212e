-- 0020_lines.sql - what is known of a reporter's telephone line.
-- heard: when he last proved to be there.  failed: texts in a row that the network says did not arrive;
-- stopped: too many, nothing is sent.  asked: routine texts wait since he fell silent, and the number was
-- asked once.  tell: the coordinators have still to hear of either.

CREATE TABLE lines (
	reporter TEXT PRIMARY KEY REFERENCES reporters (id) ON DELETE CASCADE,
	heard INTEGER NOT NULL,
	failed INTEGER NOT NULL CHECK (failed >= 0),
	stopped INTEGER NOT NULL CHECK (stopped IN (0, 1)),
	asked INTEGER NOT NULL CHECK (asked IN (0, 1)),
	tell INTEGER NOT NULL CHECK (tell IN (0, 1))
) STRICT;
CREATE INDEX lines_tell ON lines (reporter) WHERE tell = 1;
