-- What keeps rows right and jobs moving: see the sections. Functions are in R__functions.sql.

-- == What waits, and for what ==

-- Why a worker accepts no tasks, and since when; both null while it does. Workers of the release before write neither.
alter table backfleet.worker
  add not_accepting text constraint worker_not_accepting check (not_accepting in (
    'STOPPING', 'DATABASE_UNREACHABLE', 'CONTROL_TOPIC_UNREACHABLE', 'NO_COORDINATOR', 'FLEET_PAUSED')),
  add not_accepting_since timestamptz;

-- == Sessions and start ==


-- == Keys and statements ==

-- The labels of the enums in a job's key when it was submitted, by OID: keys travel as text, and labels can be renamed.
alter table backfleet.job add column key_labels jsonb;


-- == Refused rows and errors ==

-- How long one row alone may take, in seconds, before it is quarantined.
alter table backfleet.job
  add column row_timeout double precision not null default 1.5,
  add constraint job_row_timeout_positive check (row_timeout > 0);


-- == Partitions and what a job has left out ==

-- What a person should know of a job beside its state. A later note on a topic takes the place of the earlier one.
create table backfleet.job_note (
  job_id bigint not null references backfleet.job on delete cascade,
  topic  text not null,                                -- what it is about, such as: partition 16402
  at     timestamptz not null default clock_timestamp(),
  note   text not null,
  primary key (job_id, topic)
);

alter table backfleet.job
  add column look_back      boolean not null default false,  -- before it ends, a coordinator looks at what it has left out
  add column rows_unchanged bigint,                    -- scanned, neither changed nor in quarantine, of a job without where
  add column rows_matching  bigint;                    -- rows of its range that still need the change, at least

alter table backfleet.job_relation
  add column gone_at timestamptz;                      -- since when the job goes on without this partition

-- == Control, leadership and jobs ==

-- Whether a desired state is stored that is not known to be on the control topic: the leading coordinator publishes it.
alter table backfleet.control add column unpublished boolean not null default false;

-- Which process leads: two may have the same id.
alter table backfleet.leader add column instance text;
