-- How fast a job is expected to be: what its samples of the last hour tell. See Outlook.

-- Seconds of work, and seconds in which the job was held back, since it was submitted. Samples of before do not have them.
alter table backfleet.sample
  add column worked double precision,
  add column held   double precision;

alter table backfleet.job_clock
  add column speed_slow         double precision,       -- rows scanned per second of work: the 10th percentile,
  add column speed_usual        double precision,       -- the mean,
  add column speed_fast         double precision,       -- and the 90th percentile; null: not measured yet
  add column speeds_measured    integer,
  add column work_share         double precision,       -- of the time in which it works or is held back
  add column work_deviation     double precision,       -- the standard deviation of that share between blocks of time
  add column work_blocks        integer,
  add column work_block_seconds double precision,
  add column held_by            text,                   -- what has held it back in all of the last minute: see TimeCause
  add column held_by_signal     text;

-- Nobody computes it any more: commands of the release before take the speed of the last seconds.
update backfleet.job_clock set steady_walked = null;

-- The values that jobs with "undo: keep" have overwritten, and those that they have written, as text in the order of the columns that
-- the job sets. A partition for each such job is made when it is planned; the one for others has only what a trial rolls back.
create table backfleet.kept_row (
  job_id   bigint not null,
  relation oid not null,                               -- the table, or the leaf, that had the row
  key      text[] collate "C" not null,
  old      text[] collate "C" not null,
  new      text[] collate "C" not null
) partition by list (job_id);
create index kept_row_key on backfleet.kept_row (relation, key);
create table backfleet.kept_row_other partition of backfleet.kept_row default;

-- The job whose kept values a job puts back.
alter table backfleet.job add column undoes bigint references backfleet.job;
create index job_undoes on backfleet.job (undoes) where undoes is not null;
