-- What workers may do in the control schema: once per database, when the first coordinator has created its tables, and again
-- after an upgrade. They read jobs, shards and the desired state of the fleet.
grant select on backfleet.job, backfleet.job_relation, backfleet.shard, backfleet.control to backfleet_worker;
-- Claims, checkpoints and giving back; not what a shard is.
grant update (state, epoch, worker, lease_until, not_before, cursor, pass, merged, rows_walked, rows_changed, batches, last_batch_at,
  error_code, error) on backfleet.shard to backfleet_worker;
-- The clock by which the fleet keeps a job's rate.
grant select, insert, update on backfleet.pace to backfleet_worker;
-- Rows that PostgreSQL rejects are quarantined and counted. An error of the whole job, or too many rejected rows, stops the job.
grant select, insert on backfleet.quarantine to backfleet_worker;
-- The same, in the job's row.
grant update (state, reason, error, quarantined, trouble, troubled_at, probes, probe_at) on backfleet.job to backfleet_worker;
-- What a reconcile finds.
grant select, insert, update on backfleet.reconcile_tenant to backfleet_worker;
-- The same of rows that are in sync, and hold in the new shape what the old one cannot say.
grant select, insert, update on backfleet.reconcile_new_only to backfleet_worker;
-- The keys of some of the wrong rows.
grant select, insert on backfleet.reconcile_row to backfleet_worker;
-- A note that it cannot read a job, because a later release has stored it, or that a shard does not advance.
grant select, insert, update on backfleet.job_note to backfleet_worker;
-- Its own heartbeat.
grant select, insert, update, delete on backfleet.worker to backfleet_worker;
-- The values that a job with "undo: keep" overwrites; 'backfleet undo' puts them back.
grant select, insert, delete on backfleet.kept_row to backfleet_worker;
