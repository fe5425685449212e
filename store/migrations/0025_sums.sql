-- 0025_sums.sql - sums that the store changes itself with the rows it owns: of class-days all, of absences those
-- that are added.  A trigger on an insert makes SQLite keep a copy of every page that the insert changes.
-- absences_counted_u stays: absences that are taken back or stand again are few.

DROP TRIGGER class_days_counted_i;
DROP TRIGGER class_days_counted_u;
DROP TRIGGER absences_counted_i;
