-- 0022_parts.sql - a part of a message finds the others without looking through all that its sender ever
-- sent in the window: who floods would else make each text dearer than the one before it.

CREATE INDEX messages_parts ON messages (sender_hash, ref, total, received) WHERE bits > 0;
