-- What a status reads instead of all shards of a job.

-- A tally counts each shard once, when it is DONE; PostgresCounts keeps it.
alter table backfleet.job
  add column tallied_shards   integer not null default 0,
  add column tallied_batch_at timestamptz;             -- when the last batch of a tallied shard was committed

-- A leading coordinator counts again when it begins: one of the release before may tally until then.
update backfleet.job j set tallied_shards = t.shards, tallied_batch_at = t.batch_at
from (select job_id, count(*) as shards, max(last_batch_at) as batch_at from backfleet.shard where tallied group by job_id) t
where j.id = t.job_id;
