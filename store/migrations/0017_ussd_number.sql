-- 0017_ussd_number.sql - each screen changes `changed`: kept out of the index by number it leaves that one alone, whose
-- entries lie anywhere.  A number has few open sessions.

DROP INDEX ussd_sessions_number;
CREATE INDEX ussd_sessions_number ON ussd_sessions (number) WHERE state IN ('open', 'closed');
