-- Rows of a migration that hold in the new shape what the old one cannot say: they are in sync, and an abort would lose it. Counted by
-- tenant, apart from wrong rows, so that whoever reads those finds no others. Each shard has rows of its own.
create table backfleet.reconcile_new_only (
  job_id bigint not null references backfleet.job on delete cascade,
  tenant text not null,                                -- empty in a job without tenants
  shard  integer not null,
  rows   bigint not null,
  primary key (job_id, tenant, shard),
  constraint reconcile_new_only_positive check (rows > 0)
);

-- Their sum. Null: not counted, since the old shape does not follow from the new one, or a rule of the spec's own decides.
alter table backfleet.reconcile_verdict add column new_only bigint;

-- A role that works for a fleet of the version before may store what it finds.
do $$
  declare worker text;
  begin
    for worker in
      select distinct grantee from information_schema.table_privileges
      where table_schema = 'backfleet' and table_name = 'reconcile_tenant' and privilege_type = 'INSERT'
        and grantee not in ('PUBLIC', grantor)
    loop
      execute format('grant select, insert, update on backfleet.reconcile_new_only to %I', worker);
    end loop;
  end
$$;
