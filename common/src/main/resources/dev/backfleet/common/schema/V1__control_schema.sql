-- The control schema: the only truth about jobs, shards and checkpoints. It lives in the target database, because a
-- checkpoint commits together with the rows that it counts.

create table backfleet.job (
  id              bigint generated always as identity primary key,
  name            text not null,
  state           text not null default 'PLANNING',
  spec            text not null,              -- as it was submitted
  definition      jsonb not null,             -- what the spec was pinned to: see JobDefinition
  rate_limit      bigint,                     -- rows per second of the whole fleet; null: no limit
  concurrency     integer not null,
  rows_estimated  bigint,                     -- from the plan; null before it
  rows_per_second double precision,           -- changed, as the leading coordinator measured it last
  walked_per_second double precision,         -- looked at, likewise
  measured_at     timestamptz,
  reason          text,                       -- who or what paused, cancelled or halted it, and why
  error           text,                       -- why it FAILED or HALTED
  submitted_by    text not null default current_user,
  submitted_at    timestamptz not null default now(),
  started_at      timestamptz,                -- the first time it was RUNNING
  finished_at     timestamptz,
  constraint job_state_known check (state in ('PLANNING', 'RUNNING', 'PAUSING', 'PAUSED', 'CANCELLING', 'CANCELLED',
    'SUCCEEDED', 'FAILED', 'HALTED')),
  constraint job_rate_positive check (rate_limit > 0),
  constraint job_concurrency_positive check (concurrency > 0),
  constraint job_finished_iff_terminal
    check ((finished_at is not null) = (state in ('CANCELLED', 'SUCCEEDED', 'FAILED')))
);

-- A name belongs to one job at a time.
create unique index job_name_in_use on backfleet.job (name) where state not in ('CANCELLED', 'SUCCEEDED', 'FAILED');
create index job_name on backfleet.job (name, id);

-- The tables that the job's rows are in: the table itself, or the leaves of a partitioned one.
create table backfleet.job_relation (
  job_id      bigint not null references backfleet.job on delete cascade,
  relation    oid not null,
  schema_name text not null,
  table_name  text not null,
  primary key (job_id, relation)
);

create table backfleet.shard (
  job_id        bigint not null references backfleet.job on delete cascade,
  number        integer not null,
  relation      oid not null,
  turn          double precision not null,    -- dispatch order within the job: spreads tenants
  lower         text[],                       -- exclusive; null: from the beginning
  upper         text[] not null,              -- inclusive
  cursor        text[],                       -- the checkpoint: everything up to it is done; starts as lower
  state         text not null default 'PENDING',
  dispatch      bigint not null default 0,    -- grows with each dispatch; a task carries it
  dispatched_at timestamptz,
  not_before    timestamptz,                  -- put back with a delay until then
  epoch         bigint not null default 0,    -- grows with each claim; only the newest can write
  worker        text,
  lease_until   timestamptz,
  rows_walked   bigint not null default 0,
  rows_changed  bigint not null default 0,
  batches       bigint not null default 0,
  last_batch_at timestamptz,
  error_code    text,                         -- SQLSTATE
  error         text,
  primary key (job_id, number),
  foreign key (job_id, relation) references backfleet.job_relation (job_id, relation) on delete cascade,
  constraint shard_state_known check (state in ('PENDING', 'DISPATCHED', 'RUNNING', 'DONE', 'FAILED')),
  constraint shard_leased_iff_running
    check ((state = 'RUNNING') = (worker is not null) and (state = 'RUNNING') = (lease_until is not null)),
  constraint shard_error_iff_failed check ((state = 'FAILED') = (error is not null)),
  constraint shard_counts_sane check (rows_changed <= rows_walked and rows_changed >= 0)
)
-- Every batch updates its shard's row: room on the page keeps that a HOT update, and vacuum comes early.
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 200,
      autovacuum_vacuum_cost_delay = 0);

-- No column that a batch changes is in an index, except when it ends the shard.
create index shard_turn on backfleet.shard (job_id, turn) where state = 'PENDING';
create index shard_in_flight on backfleet.shard (job_id, state) where state in ('DISPATCHED', 'RUNNING');
create index shard_failed on backfleet.shard (job_id, number) where state = 'FAILED';

-- Who leads. One row, on the database's clock.
create table backfleet.leader (
  singleton   boolean primary key default true,
  coordinator text,
  epoch       bigint not null default 0,
  lease_until timestamptz not null default '-infinity',
  constraint leader_is_one_row check (singleton)
);
insert into backfleet.leader default values;

-- Workers that say they are alive.
create table backfleet.worker (
  id         text primary key,
  host       text not null,
  pid        bigint not null,
  slots      integer not null,
  taking     boolean not null,                -- false: it finishes what it has and takes no more
  started_at timestamptz not null default now(),
  seen_at    timestamptz not null default now()
) with (fillfactor = 50);

-- The last wish for each scope that was put into effect, and the control record that it came from.
create table backfleet.control (
  scope        text primary key,
  state        text not null,
  reason       text,
  said_by      text,
  topic_id     text,
  topic_offset bigint,
  said_at      timestamptz not null default now(),
  constraint control_state_known check (state in ('RUN', 'PAUSE', 'CANCEL'))
);
