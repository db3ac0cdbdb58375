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
  cutover_step   integer not null default 0,             -- which step of its file is on; 0: none
  cutover_at     timestamptz,                            -- since when
  waits_for      text,                                   -- what the last command that tried waits for, as a clause
  waits_since    timestamptz,
  created_at     timestamptz not null default now(),
  created_by     text not null,
  state_at       timestamptz not null default now(),
  constraint migration_state_known check (state in
    ('PLANNED', 'EXPANDED', 'SYNCED', 'BACKFILLING', 'FINISHED', 'READY', 'CUTTING', 'CUT', 'ABORTED'))
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

-- The switch of reads: which tenants read the new shape. The order of rules is the same for every reader: OFF, the tenant's own row,
-- the percentage.
create table backfleet.flag (
  name         text primary key,
  migration_id bigint references backfleet.migration,    -- its stage is part of what readers are told
  state        text not null default 'OFF',
  percent      numeric(5,2) not null default 0,          -- of all tenants, 0 to 100
  version      bigint not null default 0,                -- raised by each change of the flag or of its tenants, by triggers
  changed_at   timestamptz not null default clock_timestamp(),
  changed_by   text not null,
  reason       text,
  constraint flag_state_known check (state in ('OFF', 'ON')),
  constraint flag_percent_in_range check (percent between 0 and 100)
);
create index flag_migration on backfleet.flag (migration_id);

-- One sequence for all flags: a flag that is removed and made again does not repeat a version that a reader has seen.
create sequence backfleet.flag_version;

create table backfleet.flag_tenant (
  flag   text not null references backfleet.flag on delete cascade,
  tenant text not null,
  value  boolean not null,
  reason text,
  primary key (flag, tenant)
);

-- What instances of applications have reported: the version that each evaluates.
create table backfleet.flag_reader (
  instance text not null,
  flag     text not null references backfleet.flag on delete cascade,
  version  bigint not null,
  seen_at  timestamptz not null default clock_timestamp(),
  primary key (instance, flag)
);

-- R__functions.sql has what these do.
create function backfleet.raise_flag_version() returns trigger language plpgsql as 'begin return new; end';
create function backfleet.raise_version_of_flag() returns trigger language plpgsql as 'begin return null; end';

create trigger raise_version before insert or update on backfleet.flag for each row execute function backfleet.raise_flag_version();
alter table backfleet.flag enable always trigger raise_version;
create trigger raise_version after insert or update or delete on backfleet.flag_tenant for each row
  execute function backfleet.raise_version_of_flag();
alter table backfleet.flag_tenant enable always trigger raise_version;
