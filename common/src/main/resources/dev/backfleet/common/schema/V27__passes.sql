-- A walk in several passes changes the rows of one class with each, so that updates stay on their pages (decision 52). A checkpoint is
-- a pass and a point.
alter table backfleet.shard
  add column pass smallint not null default 0,         -- the pass under way, which takes the rows of the class of this number
  add column merged boolean not null default false,    -- it takes those of all later classes, too: there is no pass after it
  add constraint shard_pass_range check (pass between 0 and 31);

alter table backfleet.job
  add column merge_passes boolean not null default false,  -- passes win nothing now: a shard begins no further one
  add column passes_reason text;                           -- why the job makes as many passes as it does; null: it could make only one

-- A role that works for a fleet of the version before may move this checkpoint.
do $$
  declare worker text;
  begin
    for worker in
      select distinct grantee from information_schema.column_privileges
      where table_schema = 'backfleet' and table_name = 'shard' and column_name = 'cursor' and privilege_type = 'UPDATE'
        and grantee not in ('PUBLIC', grantor)
    loop
      execute format('grant update (pass, merged) on backfleet.shard to %I', worker);
    end loop;
  end
$$;
