-- Migrations: the whole change of a table, of which a backfill is the middle, and its steps.

create table backfleet.migration (
  id             bigint generated always as identity primary key,
  name           text not null,
  source         text not null,                          -- the file as it was applied
  table_name     text not null,                          -- with its schema
  table_oid      oid not null,
  state          text not null default 'PLANNED',
  job_id         bigint references backfleet.job on delete set null, -- its backfill
  synced_xid     xid8,                                   -- every row version of a later transaction was written with the sync
  backfilled_xid xid8,                                   -- the same of the end of the backfill
  waits_for      text,                                   -- what the last command that tried waits for, as a clause
  waits_since    timestamptz,
  created_at     timestamptz not null default now(),
  created_by     text not null,
  state_at       timestamptz not null default now(),
  constraint migration_state_known check (state in
    ('PLANNED', 'EXPANDED', 'SYNCED', 'BACKFILLING', 'FINISHED', 'READY', 'ABORTED'))
);
create unique index migration_live_name on backfleet.migration (name) where state <> 'ABORTED';

-- What was done for each step, whether by Backfleet or by somebody else: the truth about the table is in the catalog, which the
-- step's check asks.
create table backfleet.migration_step (
  migration_id bigint not null references backfleet.migration on delete cascade,
  step         text not null,                            -- such as expand.column.first_name
  ordinal      integer not null,
  phase        text not null,
  title        text not null,
  state        text not null default 'OPEN',
  tries        integer not null default 0,               -- requests for its locks
  waited_ms    bigint not null default 0,                -- from the first attempt to the last
  held_up_ms   bigint not null default 0,                -- the application, by requests for locks and by locks
  longest_ms   bigint not null default 0,                -- the longest of these at a time
  blockers     text,                                     -- who was in the way last, a line for each
  sqlstate     text,                                     -- of the last failure
  failure      text,
  begun_at     timestamptz,
  ended_at     timestamptz,
  done_by      text,                                     -- null while it is not done: 'found done' is said by state
  primary key (migration_id, step),
  constraint migration_step_state_known check (state in ('OPEN', 'RUNNING', 'DONE', 'FOUND_DONE', 'FAILED', 'UNDONE')),
  constraint migration_step_phase_known check (phase in ('EXPAND', 'SYNC', 'FINISH'))
);
