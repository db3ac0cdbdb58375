-- Where in its key space a job is: what a status draws without reading all shards.

alter table backfleet.shard
  add column parent integer;                           -- the planned shard that it was split from, at once or by several splits;
                                                       -- null: it is a planned one, or was split by an older release
create index shard_piece on backfleet.shard (job_id, tallied, parent) where parent is not null;

alter table backfleet.job
  add column map_width integer,                        -- how many numbers of shards a bucket has; null: there are no buckets yet
  add column map_next  integer,                        -- shards from this number on are not in the buckets yet; null: all are
  add constraint job_map_sane check (map_width > 0 and (map_next is null or map_next > 0));

-- At most 1,024 buckets for each job: shards with neighbouring numbers, which are neighbours in the key space. A shard that was
-- split from another is in the same bucket. A tally counts here, too; what has not ended is counted by whoever looks.
create table backfleet.shard_bucket (
  job_id bigint not null references backfleet.job on delete cascade,
  bucket integer not null,                             -- from 1; its shards have numbers up to bucket * map_width
  total  integer not null,                             -- planned ones, and tallied ones that were split from them
  done   integer not null default 0,                   -- those that are tallied
  primary key (job_id, bucket),
  constraint shard_bucket_sane check (bucket > 0 and done between 0 and total)
) with (fillfactor = 50);

-- The leading coordinator counts the shards of the jobs of before, some thousands at a time.
update backfleet.job set map_next = 1 where state <> 'PLANNING' and pruned_at is null;
