-- What can be changed while a job runs, the clock that its rate is kept by, and who changed what.

alter table backfleet.job
  add column priority      text not null default 'NORMAL',
  add column batch_seconds double precision,  -- how long a batch is to take; null: as the definition says
  add column wal_limit     bigint,            -- bytes of WAL per second of the whole fleet; null: no limit
  add column wal_rows      double precision,  -- the rows per second that this comes to, as it was measured last
  add column work_window   jsonb,             -- see TimeWindow; null: always
  add column opens_at      timestamptz,       -- the window's present or next opening
  add column closes_at     timestamptz,
  add constraint job_priority_known check (priority in ('LOW', 'NORMAL', 'HIGH')),
  add constraint job_batch_positive check (batch_seconds > 0),
  add constraint job_wal_positive check (wal_limit > 0 and wal_rows > 0),
  add constraint job_wal_has_rows check ((wal_limit is null) = (wal_rows is null)),
  add constraint job_window_opens check (
    (work_window is null) = (opens_at is null) and (work_window is null) = (closes_at is null) and opens_at < closes_at);

update backfleet.job set definition = definition || '{"triggers": "FIRE"}';

-- The clock of each job with a limit: when the next batch may begin. All slots of the fleet draw on this one row, so that
-- the rate holds however many there are. Nothing of it needs to survive a crash.
create unlogged table backfleet.pace (
  job_id  bigint primary key references backfleet.job on delete cascade,
  next_at timestamptz not null
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0);

-- Who changed what, and when; rows are only ever added.
create table backfleet.audit (
  id        bigint generated always as identity primary key,
  at        timestamptz not null default clock_timestamp(),
  who       text not null,                    -- the person, as the command line knows them
  role      text not null default current_user,
  job_id    bigint references backfleet.job on delete set null,
  job_name  text,
  action    text not null,
  setting   text,
  old_value text,
  new_value text
);
create index audit_job on backfleet.audit (job_id, id);

-- Whether a job may be worked on now, as far as its time window is concerned.
create function backfleet.is_open(opens_at timestamptz, closes_at timestamptz) returns boolean
  language sql volatile
  as $$ select opens_at is null or clock_timestamp() >= opens_at and clock_timestamp() < closes_at $$;

-- The rows per second that hold for a job now; null: no limit. Whatever lowers a rate does it here, and nowhere else.
create function backfleet.rate_of(job backfleet.job) returns double precision
  language sql stable
  as $$ select least(job.rate_limit::double precision, job.wal_rows) $$;

-- How many slots a job may use at once: no more than its limit has tens of rows, since each may be a batch of at least one
-- row ahead, and all together a tenth of the limit.
create function backfleet.slots_allowed(concurrency integer, rate double precision) returns integer
  language sql immutable
  as $$ select case when rate is null then concurrency else least(concurrency, greatest(1, floor(rate / 10)))::integer end $$;

-- The slots that a job may use at once now. Whatever takes slots from a job does it here, and nowhere else.
create function backfleet.slots_of(job backfleet.job) returns integer
  language sql stable
  as $$ select backfleet.slots_allowed(job.concurrency, backfleet.rate_of(job)) $$;

-- What holds for a slot that works on a shard: the job's limit and how many share it, how long a batch is to take, and
-- whether the slot is wanted at all: the window is open, and the job has not been left with fewer slots than come before it.
create function backfleet.terms(job bigint, shard integer)
  returns table (rate double precision, slots integer, batch_seconds double precision, wanted boolean)
  language sql stable
  as $$
    select backfleet.rate_of(j), r.slots, j.batch_seconds,
           backfleet.is_open(j.opens_at, j.closes_at) and r.before < backfleet.slots_of(j)
    from backfleet.job j,
         lateral (select count(*)::integer as slots, (count(*) filter (where s.number < $2))::integer as before
                  from backfleet.shard s where s.job_id = j.id and s.state = 'RUNNING') r
    where j.id = $1
  $$;
