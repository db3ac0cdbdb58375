-- Rows that the database refuses to change, put aside with their error, so that the rest of the job can go on; and how
-- many of them a job may have before it stops.
--
-- No value of a row is kept but its key, which is needed to find it: the message is put together from the SQLSTATE.

create table backfleet.quarantine (
  id         bigint generated always as identity primary key,
  job_id     bigint not null references backfleet.job on delete cascade,
  shard      integer not null,
  relation   oid not null,                    -- the table, or the leaf of a partitioned one
  key        text[] not null,                 -- the job's key columns, in their order
  sqlstate   text not null,
  message    text not null,
  at         timestamptz not null default clock_timestamp(),  -- when it was refused last
  epoch      bigint not null,                 -- the claim under which it was put aside
  worker     text not null,
  retries    integer not null default 0,      -- how often it was refused again
  constraint quarantine_key_not_empty check (cardinality(key) > 0)
);
create index quarantine_job on backfleet.quarantine (job_id, id);

alter table backfleet.job
  add column quarantined  bigint not null default 0,               -- rows in quarantine: what puts a row in or takes it out counts it
  add column budget_rows  bigint not null default 1000,            -- more of them halt the job
  add column budget_ratio double precision not null default 0.001, -- and so does a larger share of the rows walked
  add constraint job_quarantined_not_negative check (quarantined >= 0),
  add constraint job_budget_sane check (budget_rows >= 0 and budget_ratio between 0 and 1);

-- A role that works for a fleet of the version before, and may stop jobs, may put rows aside.
do $$
  declare worker text;
  begin
    for worker in
      select distinct grantee from information_schema.column_privileges
      where table_schema = 'backfleet' and table_name = 'job' and column_name = 'error' and privilege_type = 'UPDATE'
        and grantee not in ('PUBLIC', grantor)
    loop
      execute format('grant select, insert on backfleet.quarantine to %I', worker);
      execute format('grant update (quarantined) on backfleet.job to %I', worker);
    end loop;
  end
$$;

-- Why a job must halt when one more row is put aside; null: its error budget permits it. The share of the rows walked
-- counts from the 101st row on: a share of a few rows says nothing, and bad rows tend to stand together.
create function backfleet.budget_spent(job backfleet.job, code text) returns text
  language sql stable
  as $$
    select 'error budget spent: ' || spent.why || '; most often SQLSTATE ' || (
        select f.sqlstate || ' (' || count(*) || ')'
        from (select q.sqlstate from backfleet.quarantine q where q.job_id = job.id union all select code) f
        group by f.sqlstate order by count(*) desc, f.sqlstate limit 1)
    from (
      select case
        when n.rows > job.budget_rows
          then 'quarantined ' || n.rows || ', error-budget.rows is ' || job.budget_rows
        when n.rows > 100 and n.rows > job.budget_ratio * w.walked
          then 'quarantined ' || n.rows || ' of ' || w.walked || ' rows walked, error-budget.ratio is '
            || (job.budget_ratio * 100)::numeric || '%' end as why
      from (select job.quarantined + 1 as rows) n
      left join lateral (
        select coalesce(sum(s.rows_walked), 0)::bigint + 1 as walked from backfleet.shard s
        where s.job_id = job.id and n.rows > 100 and n.rows <= job.budget_rows) w on true) spent
    where spent.why is not null
  $$;

-- The tenants of a job that are to stand still, as they were written. Whoever pauses one waits until the transaction that
-- asks has ended; and what was paused before is seen, whenever the statement that asks began.
create function backfleet.hold_still(job bigint) returns text[]
  language plpgsql volatile
  as $$
    begin
      perform pg_advisory_xact_lock_shared(hashtextextended('backfleet shards ' || job, 0));
      return array(select substr(c.scope, length('job/' || job || '/tenant/') + 1) from backfleet.control c
                   where starts_with(c.scope, 'job/' || job || '/tenant/') and c.state <> 'RUN');
    end
  $$;
