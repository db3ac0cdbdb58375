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
