-- name: no_parallel_plan
-- For the session: the processes of a batch share the cores already.
SET max_parallel_workers_per_gather = 0;
