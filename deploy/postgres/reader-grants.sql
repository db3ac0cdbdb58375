-- What a role may do that only looks: jobs, status, watch, history, audit, workers. Once per database, when the first coordinator has
-- created its tables, and again after an upgrade.
create role backfleet_reader login;
grant usage on schema backfleet to backfleet_reader;
-- Everything but rows of the application: their keys are in backfleet.quarantine and backfleet.reconcile_row, their values in
-- backfleet.kept_row.
grant select on all tables in schema backfleet to backfleet_reader;
revoke select on backfleet.quarantine, backfleet.reconcile_row, backfleet.kept_row from backfleet_reader;
-- Of rejected rows, why and how many.
grant select (id, job_id, shard, relation, sqlstate, message, at, retries) on backfleet.quarantine to backfleet_reader;
-- Sees the sessions that are in the way of a job.
grant pg_read_all_stats to backfleet_reader;
