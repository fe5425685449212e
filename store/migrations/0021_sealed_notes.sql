-- 0021_sealed_notes.sql - free text of a configured form's fields, {"note":"..."}, sealed; it used to stand
-- among the keys.

ALTER TABLE readings ADD COLUMN notes BLOB;
