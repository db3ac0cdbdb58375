-- What happened to a job without a person's doing, kept: its state, its waves, workers that it lost, rows that were rejected.

create table backfleet.job_event (
  id     bigint generated always as identity primary key,
  job_id bigint not null references backfleet.job on delete cascade,
  at     timestamptz not null default clock_timestamp(),
  event  text not null,                                -- state, wave-done, quarantine, worker-lost or lease-expired
  before text,                                         -- the state or the worker that it was
  now    text,                                         -- the state, the wave, or how many rows
  why    text,
  itself boolean not null default false,               -- of a state: whether the job paused itself, or resumed from that
  xact   xid8 not null default pg_current_xact_id()    -- of a state: the audit of the same transaction has who asked for it
);
create index job_event_job on backfleet.job_event (job_id, id);

alter table backfleet.audit add column xact xid8;
alter table backfleet.audit alter column xact set default pg_current_xact_id();
create index audit_xact on backfleet.audit (job_id, xact);

-- The triggers need the functions; R__functions.sql has what they do.
create function backfleet.note_job_event() returns trigger language plpgsql as 'begin return null; end';
create function backfleet.forget_job_events() returns trigger language plpgsql as 'begin return null; end';

create trigger note_job_event after update of state, wave_done_at, quarantined on backfleet.job for each row
  when (old.state <> new.state or old.quarantined = 0 and new.quarantined > 0
        or old.wave_done_at is null and new.wave_done_at is not null)
  execute function backfleet.note_job_event();
-- Also in the session of a job with "triggers: suppress", in which a row is put into quarantine and the job halts.
alter table backfleet.job enable always trigger note_job_event;

create trigger forget_job_events after insert on backfleet.job_event for each row
  execute function backfleet.forget_job_events();
alter table backfleet.job_event enable always trigger forget_job_events;

-- What is known of the jobs of before.
insert into backfleet.job_event (job_id, at, event, before, now, why, itself)
select * from (
  select id, troubled_at, 'state', 'RUNNING', 'PAUSING', 'SQLSTATE ' || trouble, true from backfleet.job where troubled_at is not null
  union all
  select id, wave_done_at, 'wave-done', null, wave::text, null, false from backfleet.job where wave_done_at is not null
  union all
  (select distinct on (q.job_id) q.job_id, q.at, 'quarantine', null, j.quarantined::text, q.sqlstate || ' ' || q.message, false
   from backfleet.quarantine q join backfleet.job j on j.id = q.job_id order by q.job_id, q.id)
) e (job_id, at, event, before, now, why, itself) order by at;

-- The batches of the last seconds that did not get their locks, and all of them, by job: {"7": [34, 39]}.
alter table backfleet.worker add column lock_tries jsonb;

-- How many rows a person has dismissed from quarantine: they stay unchanged.
alter table backfleet.job
  add column dismissed bigint not null default 0,
  add constraint job_dismissed_not_negative check (dismissed >= 0);
