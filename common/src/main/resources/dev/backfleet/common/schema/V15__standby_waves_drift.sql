-- The standby on which a repeated reconcile reads rows: a URL without user and password. Null: they are read on the primary.
alter table backfleet.reconcile_schedule add column standby text;

-- A reconcile of the waves of a rollout that are done compares their rows only: up to this wave. Null: all rows of the table.
alter table backfleet.job add column checked_wave integer;

-- When an event told that rows are wrong. Verdicts of before are not told.
alter table backfleet.reconcile_verdict add column published_at timestamptz;
update backfleet.reconcile_verdict set published_at = clock_timestamp();
create index reconcile_verdict_unpublished on backfleet.reconcile_verdict (job_id)
  where published_at is null and missing + different + failed > 0;
