-- 0023_case_notes.sql - free text of a form that names a case lay under the roster's key; it is sealed anew under the
-- case's, a window of ids at a time, and the row of meta says from where.  Empty: done.
INSERT INTO meta (name, value) SELECT 'case_notes', '0' WHERE EXISTS (SELECT 1 FROM readings WHERE notes IS NOT NULL);
