-- 0010_people_of_a_school.sql - the teachers of a class and the head of a school are asked for with every
-- alert and, at a deadline, for every silent class.
CREATE INDEX reporters_school ON reporters (school, role, id);
