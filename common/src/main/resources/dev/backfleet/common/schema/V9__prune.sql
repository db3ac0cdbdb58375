-- Shards of finished jobs can be removed; what a status says of them is kept in the job's row.

alter table backfleet.job
  add column pruned_at     timestamptz,                -- since when its shards are being removed, or are
  add column pruned_shards integer,                    -- how many it had
  add constraint job_pruned_iff_finished check (pruned_at is null or finished_at is not null),
  add constraint job_pruned_with_its_number check ((pruned_at is null) = (pruned_shards is null));
