-- 0026_numbers_key.sql - the key that telephone numbers are found by can be renewed.
-- caller: the number and the session's key, of which `number` and `session` are hashes, sealed under the
-- roster's key.  NULL: a session from before.  keyed: the key a hash is under, where nothing else of the
-- number is kept; 0: the one of before.  meta.numbers: which key the rows are under, and how far they are
-- with its successor.

ALTER TABLE ussd_sessions ADD COLUMN caller BLOB;
ALTER TABLE sms_hours ADD COLUMN keyed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sms_last ADD COLUMN keyed INTEGER NOT NULL DEFAULT 0;
