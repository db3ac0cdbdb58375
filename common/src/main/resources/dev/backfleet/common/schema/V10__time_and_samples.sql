-- Where the time of jobs goes, and how they fared. The leading coordinator writes both; they are not read by workers.

-- Until when the time of a job is booked.
create table backfleet.job_clock (
  job_id           bigint primary key references backfleet.job on delete cascade,
  since            timestamptz not null,               -- when it was submitted; or when this table was made
  booked_until     timestamptz not null,
  ended            boolean not null default false,     -- booked to the end of the job
  steady_walked    double precision,                   -- rows scanned per second of the last minutes, without idle time
  constraint job_clock_forward check (booked_until >= since)
) with (fillfactor = 50);

-- Seconds by cause: together they are the time from since to booked_until. See TimeCause.
create table backfleet.job_time (
  job_id  bigint not null references backfleet.job on delete cascade,
  cause   text not null,
  signal  text not null default '',                    -- what throttled it; empty for any other cause
  seconds double precision not null,
  primary key (job_id, cause, signal),
  constraint job_time_positive check (seconds >= 0)
) with (fillfactor = 50);

-- Nobody has watched the jobs of before.
insert into backfleet.job_clock (job_id, since, booked_until, ended)
select id, now(), now(), finished_at is not null from backfleet.job;

-- A job each 10 s while it is RUNNING, else each minute; of days that are over, one a minute.
create table backfleet.sample (
  job_id      bigint not null references backfleet.job on delete cascade,
  at          timestamptz not null,
  walked      bigint not null,                         -- rows scanned so far
  changed     bigint not null,
  speed       double precision,                        -- rows changed per second; null: not measured
  rate_limit  double precision,                        -- rows per second that were permitted; null: no limit
  factor      double precision not null,
  signal      text,                                    -- what throttled it
  cause       text not null,                           -- what its time went to, mostly
  slots       integer not null,                        -- shards that were worked on
  busy        double precision not null,               -- seconds so far that were not idle
  coarse      boolean not null default false,          -- whether others of the same minute are gone
  primary key (job_id, at)
);
create index sample_fine on backfleet.sample (at) where not coarse;
