-- How much of its speed the throttle leaves a job, and what its full speed is.
alter table backfleet.job
  add column factor     double precision not null default 1,  -- 0 stops it
  add column full_rows  double precision,                     -- rows per second when nothing held it back, as measured
  add column full_slots double precision,                     -- and the slots that it had then
  add constraint job_factor_is_a_share check (factor between 0 and 1),
  add constraint job_full_speed_positive check (full_rows > 0 and full_slots >= 1);

-- A job that is held back has a rate even if it has no limit.
create or replace function backfleet.rate_of(job backfleet.job) returns double precision
  language sql stable
  as $$
    select case when job.factor = 1 then least(job.rate_limit::double precision, job.wal_rows)
                else greatest(job.factor, 0.01) * least(job.rate_limit::double precision, job.wal_rows, job.full_rows) end
  $$;

-- Whole slots are taken first; what is then still too much, the rate takes.
create or replace function backfleet.slots_of(job backfleet.job) returns integer
  language sql stable
  as $$
    select case when job.factor = 1 then backfleet.slots_allowed(job.concurrency, backfleet.rate_of(job))
                when job.factor = 0 then 0
                else least(backfleet.slots_allowed(job.concurrency, backfleet.rate_of(job)),
                           greatest(1, ceil(job.factor * least(job.concurrency, job.full_slots) - 1e-6))::integer) end
  $$;

-- What each job's spec says about the throttle, and what held the job back when the leading coordinator looked last.
create table backfleet.throttle (
  job_id      bigint primary key references backfleet.job on delete cascade,
  wanted      jsonb not null default '{"thresholds":{},"probe":null,"sql":[],"http":[]}',  -- see ThrottleSpec
  signal      text,                           -- what holds it back, if anything does
  measure     text,                           -- see Measure
  value       double precision,               -- null: it cannot be read
  threshold   double precision,               -- the one that was exceeded last
  level       text,
  note        text,                           -- why it cannot be read, or what was answered
  constraint throttle_level_known check (level in ('CALM', 'SOFT', 'HARD'))
) with (fillfactor = 50);

-- The seconds of work at full speed that each signal has cost so far.
create table backfleet.throttle_cost (
  job_id  bigint not null references backfleet.job on delete cascade,
  signal  text not null,
  seconds double precision not null default 0,
  primary key (job_id, signal)
) with (fillfactor = 50);
