-- 0014_alerts_that_stand.sql - a correction looks for alerts that somebody took, too.
CREATE INDEX alerts_standing ON alerts (subject) WHERE state IN ('open', 'acked');
