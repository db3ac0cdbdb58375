-- What a reconcile finds: rows that are not as a job should have made them.

-- Transactions with a lower id than submitted_xid had ended when the job was submitted; those with finished_xid or a higher one
-- began after its end. Null for jobs of before: nobody knows.
alter table backfleet.job
  add column submitted_xid bigint,
  add column finished_xid  bigint,
  add column reconciles    bigint references backfleet.job on delete cascade;  -- the job that this one checks
alter table backfleet.job
  alter column submitted_xid set default pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
create index job_reconciles on backfleet.job (reconciles, id) where reconciles is not null;

-- Rows that are wrong, counted by tenant. A tenant without a row here is as it should be. Each shard has rows of its own, so that
-- batches of different shards do not wait for each other.
create table backfleet.reconcile_tenant (
  job_id  bigint not null references backfleet.job on delete cascade,
  tenant  text not null,                               -- empty in a job without tenants
  shard   integer not null,
  finding text not null,
  written text not null,                               -- when the row was written last: see backfleet.written
  rows    bigint not null,
  primary key (job_id, tenant, shard, finding, written),
  constraint reconcile_finding_known check (finding in ('MISSING', 'DIFFERENT', 'FAILED', 'QUARANTINED')),
  constraint reconcile_written_known check (written in ('BEFORE', 'DURING', 'SINCE', 'UNKNOWN')),
  constraint reconcile_rows_positive check (rows > 0)
);

-- The keys of some of these rows; no values.
create table backfleet.reconcile_row (
  id       bigint generated always as identity primary key,
  job_id   bigint not null references backfleet.job on delete cascade,
  tenant   text not null,
  finding  text not null,
  written  text not null,
  relation oid not null,                               -- the table, or the leaf of a partitioned one
  key      text[] not null                             -- the job's key columns, in their order
);
create index reconcile_row_job on backfleet.reconcile_row (job_id, finding);

-- The sums of a pass, stored at its end.
create table backfleet.reconcile_verdict (
  job_id      bigint primary key references backfleet.job on delete cascade,
  scanned     bigint not null,
  judged      bigint not null,
  missing     bigint not null,
  different   bigint not null,
  failed      bigint not null,                         -- no value could be computed for them
  quarantined bigint not null,                         -- wrong, and in the quarantine of the job that was checked
  since       bigint not null,                         -- of missing, different and failed: written since that job's end
  before      bigint not null,                         -- written before that job was submitted
  unknown     bigint not null,                         -- it cannot be told when they were written
  tenants     bigint not null                          -- how many tenants have one of them
);

-- Reconciles that are repeated: the leading coordinator begins them.
create table backfleet.reconcile_schedule (
  job_id        bigint primary key references backfleet.job on delete cascade,
  every_seconds bigint not null,
  rate          bigint,                                -- rows per second; null: no limit
  different     text,                                  -- the condition for a wrong row; null: as the spec says
  constraint reconcile_schedule_positive check (every_seconds > 0 and rate > 0)
);

-- A role that works for a fleet of the version before may store what it finds.
do $$
  declare worker text;
  begin
    for worker in
      select distinct grantee from information_schema.table_privileges
      where table_schema = 'backfleet' and table_name = 'quarantine' and privilege_type = 'INSERT'
        and grantee not in ('PUBLIC', grantor)
    loop
      execute format('grant select, insert, update on backfleet.reconcile_tenant to %I', worker);
      execute format('grant select, insert on backfleet.reconcile_row to %I', worker);
    end loop;
  end
$$;
