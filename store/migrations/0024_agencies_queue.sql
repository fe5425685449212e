-- 0024_agencies_queue.sql - what waits for one agency is asked of deliveries alone: a reply by SMS has no place in
-- that index, whose entries lie anywhere, so that each reply wrote a page of it.

DROP INDEX outbox_agency;
CREATE INDEX outbox_agency ON outbox (recipient, id) WHERE leg = 'http' AND state IN ('queued', 'inflight');
