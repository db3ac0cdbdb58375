-- What a worker of the release before sends, as that release wrote it; the parameters have names. A migration must not
-- change what these statements do, since that worker runs on meanwhile. OldWorkerTest executes each.

-- CLAIM
update backfleet.shard s
set state = 'RUNNING', epoch = s.epoch + 1, worker = :worker, not_before = null,
    lease_until = clock_timestamp() + make_interval(secs => :lease)
from backfleet.job j, backfleet.job_relation r
where s.job_id = :job and s.number = :number and s.dispatch = :dispatch and s.state = 'DISPATCHED'
  and j.id = s.job_id and j.state = 'RUNNING' and backfleet.is_open(j.opens_at, j.closes_at)
  and r.job_id = s.job_id and r.relation = s.relation
  and not exists (select from backfleet.control c where c.scope = 'fleet' and c.state <> 'RUN')
  and (select count(*) from backfleet.shard o where o.job_id = :job and o.state = 'RUNNING')
      < backfleet.slots_of(j)
returning s.epoch, s.cursor, s.upper, s.relation::bigint as relation, r.schema_name, r.table_name, j.definition,
          backfleet.rate_of(j) as rate, j.batch_seconds, true as wanted,
          (select 1 + count(*) from backfleet.shard o where o.job_id = :job and o.state = 'RUNNING') as slots;

-- RENEW
update backfleet.shard
set lease_until = clock_timestamp() + make_interval(secs => :lease)
where job_id = :job and number = :number and epoch = :epoch and state = 'RUNNING';

-- READ_BACK
select s.cursor, array_to_string(array(select d from backfleet.differences(s.job_id) d order by d), '; ') as differences
from backfleet.shard s
where s.job_id = :job and s.number = :number and s.epoch = :epoch and s.state = 'RUNNING';

-- GIVE_BACK
update backfleet.shard
set state = 'PENDING', worker = null, lease_until = null,
    not_before = case when :delay > 0 then clock_timestamp() + make_interval(secs => :delay) end
where job_id = :job and number = :number and epoch = :epoch and state = 'RUNNING';

-- FAIL
update backfleet.shard
set state = 'FAILED', worker = null, lease_until = null, error_code = :code, error = :message
where job_id = :job and number = :number and epoch = :epoch and state = 'RUNNING';

-- PAUSE_JOB
update backfleet.job
set state = 'PAUSING', reason = :reason, trouble = :code, troubled_at = clock_timestamp(),
    probes = p.probes, probe_at = case when :passes then backfleet.next_probe(p.probes) end
from (select case when troubled_at > clock_timestamp() - interval '30 minutes' then probes + 1 else 0 end as probes
      from backfleet.job where id = :job) p
where id = :job and state = 'RUNNING';

-- HALT_JOB
update backfleet.job
set state = 'HALTED',
    error = coalesce((select string_agg(d, '; ' order by d) from backfleet.differences(:job) d), :reason)
where id = :job and state = 'RUNNING';

-- RESERVE
with asked as materialized (
  select t.*, clock_timestamp() as at from backfleet.terms(:job, :number) t
), moved as (
  update backfleet.pace p
  set next_at = greatest(
          case when p.next_at > a.at + interval '5 seconds' then a.at else p.next_at end
            + make_interval(secs => greatest(-2.0, least(0.0, :owed) / (a.rate * :aim))),
          a.at)
        + make_interval(secs => least(2.0, (greatest(0.0, :owed) + :rows) / (a.rate * :aim)))
  from asked a
  where p.job_id = :job and a.wanted and a.rate is not null
    and (p.next_at <= a.at + make_interval(secs => :horizon) or p.next_at > a.at + interval '5 seconds')
  returning p.next_at - make_interval(secs => least(2.0, :rows / (a.rate * :aim))) as start
)
select a.rate, a.slots, a.batch_seconds, a.wanted, m.start is not null as granted, p.job_id is not null as known,
       extract(epoch from coalesce(m.start, p.next_at - make_interval(secs => :horizon)) - a.at)::double precision
         as delay,
       set_config('synchronous_commit', 'off', true)
from asked a left join moved m on true left join backfleet.pace p on p.job_id = :job;

-- SETTLE
with settled as (
  update backfleet.pace p
  set next_at = case
    when :rows > 0 then greatest(p.next_at, clock_timestamp())
      + make_interval(secs => least(2.0, :rows / (j.rate * :aim)))
    else p.next_at + make_interval(secs => greatest(-2.0, :rows / (j.rate * :aim))) end
  from (select backfleet.rate_of(job) as rate from backfleet.job where id = :job) j
  where p.job_id = :job and j.rate is not null
  returning 1
)
select set_config('synchronous_commit', 'off', true) from settled;

-- WIND_UP
insert into backfleet.pace (job_id, next_at) select id, clock_timestamp() from backfleet.job where id = :job
on conflict do nothing;

-- SEEN
insert into backfleet.worker as w (id, host, pid, slots, taking)
values (:id, :host, :pid, :slots, :taking)
on conflict (id) do update
set host = excluded.host, pid = excluded.pid, slots = excluded.slots, taking = excluded.taking,
    started_at = case when w.pid = excluded.pid then w.started_at else now() end, seen_at = now();

-- BATCH_BEFORE_ALL
with backfleet_input as materialized (
  select :job::bigint as job, :number::integer as number, :epoch::bigint as epoch, :cursor::text[] as cursor,
         :size::integer as size, :lease::double precision as lease
), backfleet_fence as materialized (
  select s.cursor[1]::bigint as c1, s.upper[1]::bigint as u1
  from backfleet.shard s
  where s.job_id = (select job from backfleet_input)
    and s.number = (select number from backfleet_input)
    and s.epoch = (select epoch from backfleet_input)
    and s.state = 'RUNNING'
    and s.cursor is not distinct from (select cursor from backfleet_input)
    and s.relation = to_regclass('"public"."t"')
  for update of s
), backfleet_nth as materialized (
  select "t"."id" as n1
  from only "public"."t" as "t"
  where exists (select from backfleet_fence)
  order by "t"."id"
  offset (select size - 1 from backfleet_input) limit 1
), backfleet_bound as materialized (
  select f.*, n.n1, n.n1 is null or not (n.n1) < (f.u1) as last
  from backfleet_fence f left join backfleet_nth n on true
), backfleet_ends as materialized (
  select c1, case when last then u1 else n1 end as b1, last from backfleet_bound
), backfleet_range as materialized (
  select *, 0 as shared, pg_catalog.set_config('lock_timeout', pg_catalog.current_setting(case when (select size from backfleet_input) > 1 then 'backfleet.wait_with_rows' else 'backfleet.wait_without_rows' end), true) as patience from backfleet_ends
), backfleet_walked as materialized (
  select case when last
    then (select count(*)
          from (select "t"."id" as n1 from only "public"."t" as "t" where exists (select from backfleet_fence)
                order by "t"."id" limit (select size from backfleet_input)) w
          where (w.n1) <= (select b1 from backfleet_range))
    else (select size from backfleet_input) end as walked
  from backfleet_range
), backfleet_change as (
  update only "public"."t" as "t"
  set "n" = (n + 1
)
  where (("t"."id" <= (select b1 from backfleet_range)))
  returning 1
), backfleet_counted as materialized (
  select count(*) as changed from backfleet_change
), backfleet_move as (
  update backfleet.shard s
  set cursor = array[r.b1::text],
      rows_walked = s.rows_walked + (select walked from backfleet_walked),
      rows_changed = s.rows_changed + (select changed from backfleet_counted),
      batches = s.batches + 1,
      last_batch_at = clock_timestamp(),
      state = case when r.last then 'DONE' else s.state end,
      worker = case when not r.last then s.worker end,
      lease_until = case when not r.last
        then clock_timestamp() + make_interval(secs => (select lease from backfleet_input)) end
  from backfleet_range r
  where s.job_id = (select job from backfleet_input) and s.number = (select number from backfleet_input)
  returning s.cursor, r.last as done
)
select m.cursor,
       (select walked from backfleet_walked) as walked,
       (select changed from backfleet_counted) as changed,
       m.done, t.rate, t.slots, t.batch_seconds, t.wanted,
       set_config('synchronous_commit',
         case when m.done then current_setting('synchronous_commit') else 'off' end, true)
from backfleet_move m
cross join backfleet_input i
cross join lateral backfleet.terms(i.job, i.number) t;

-- BATCH_AFTER_A_TENANT
with backfleet_input as materialized (
  select :job::bigint as job, :number::integer as number, :epoch::bigint as epoch, :cursor::text[] as cursor,
         :size::integer as size, :lease::double precision as lease
), backfleet_fence as materialized (
  select s.cursor[1]::bigint as c1, s.upper[1]::bigint as u1
  from backfleet.shard s
  where s.job_id = (select job from backfleet_input)
    and s.number = (select number from backfleet_input)
    and s.epoch = (select epoch from backfleet_input)
    and s.state = 'RUNNING'
    and s.cursor is not distinct from (select cursor from backfleet_input)
    and s.relation = to_regclass('"public"."t"')
  for update of s
), backfleet_nth as materialized (
  select "t"."id" as n1
  from only "public"."t" as "t"
  where "t"."id" > (select c1 from backfleet_fence)
  order by "t"."id"
  offset (select size - 1 from backfleet_input) limit 1
), backfleet_bound as materialized (
  select f.*, n.n1, n.n1 is null or not (n.n1) < (f.u1) as last
  from backfleet_fence f left join backfleet_nth n on true
), backfleet_ends as materialized (
  select c1, case when last then u1 else n1 end as b1, last from backfleet_bound
), backfleet_range as materialized (
  select *, 0 as shared, pg_catalog.set_config('lock_timeout', pg_catalog.current_setting(case when (select size from backfleet_input) > 1 then 'backfleet.wait_with_rows' else 'backfleet.wait_without_rows' end), true) as patience from backfleet_ends
), backfleet_walked as materialized (
  select case when last
    then (select count(*)
          from (select "t"."id" as n1 from only "public"."t" as "t" where "t"."id" > (select c1 from backfleet_fence)
                order by "t"."id" limit (select size from backfleet_input)) w
          where (w.n1) <= (select b1 from backfleet_range))
    else (select size from backfleet_input) end as walked
  from backfleet_range
), backfleet_change as (
  update only "public"."t" as "t"
  set "n" = (n + 1
)
  where (("t"."id" <= (select b1 from backfleet_range) and "t"."id" > (select c1 from backfleet_fence)))
  returning 1
), backfleet_counted as materialized (
  select count(*) as changed from backfleet_change
), backfleet_move as (
  update backfleet.shard s
  set cursor = array[r.b1::text],
      rows_walked = s.rows_walked + (select walked from backfleet_walked),
      rows_changed = s.rows_changed + (select changed from backfleet_counted),
      batches = s.batches + 1,
      last_batch_at = clock_timestamp(),
      state = case when r.last then 'DONE' else s.state end,
      worker = case when not r.last then s.worker end,
      lease_until = case when not r.last
        then clock_timestamp() + make_interval(secs => (select lease from backfleet_input)) end
  from backfleet_range r
  where s.job_id = (select job from backfleet_input) and s.number = (select number from backfleet_input)
  returning s.cursor, r.last as done
)
select m.cursor,
       (select walked from backfleet_walked) as walked,
       (select changed from backfleet_counted) as changed,
       m.done, t.rate, t.slots, t.batch_seconds, t.wanted,
       set_config('synchronous_commit',
         case when m.done then current_setting('synchronous_commit') else 'off' end, true)
from backfleet_move m
cross join backfleet_input i
cross join lateral backfleet.terms(i.job, i.number) t;

-- BATCH_AT_A_ROW
with backfleet_input as materialized (
  select :job::bigint as job, :number::integer as number, :epoch::bigint as epoch, :cursor::text[] as cursor,
         :size::integer as size, :lease::double precision as lease
), backfleet_fence as materialized (
  select s.cursor[1]::bigint as c1, s.upper[1]::bigint as u1
  from backfleet.shard s
  where s.job_id = (select job from backfleet_input)
    and s.number = (select number from backfleet_input)
    and s.epoch = (select epoch from backfleet_input)
    and s.state = 'RUNNING'
    and s.cursor is not distinct from (select cursor from backfleet_input)
    and s.relation = to_regclass('"public"."t"')
  for update of s
), backfleet_nth as materialized (
  select "t"."id" as n1
  from only "public"."t" as "t"
  where ("t"."id") > ((select c1 from backfleet_fence))
  order by "t"."id"
  offset (select size - 1 from backfleet_input) limit 1
), backfleet_bound as materialized (
  select f.*, n.n1, n.n1 is null or not (n.n1) < (f.u1) as last
  from backfleet_fence f left join backfleet_nth n on true
), backfleet_ends as materialized (
  select c1, case when last then u1 else n1 end as b1, last from backfleet_bound
), backfleet_range as materialized (
  select *, 0 as shared, pg_catalog.set_config('lock_timeout', pg_catalog.current_setting(case when (select size from backfleet_input) > 1 then 'backfleet.wait_with_rows' else 'backfleet.wait_without_rows' end), true) as patience from backfleet_ends
), backfleet_walked as materialized (
  select case when last
    then (select count(*)
          from (select "t"."id" as n1 from only "public"."t" as "t" where ("t"."id") > ((select c1 from backfleet_fence))
                order by "t"."id" limit (select size from backfleet_input)) w
          where (w.n1) <= (select b1 from backfleet_range))
    else (select size from backfleet_input) end as walked
  from backfleet_range
), backfleet_change as (
  update only "public"."t" as "t"
  set "n" = (n + 1
)
  where (("t"."id" > (select c1 from backfleet_range where shared = 0) and "t"."id" <= (select b1 from backfleet_range where shared = 0)))
  returning 1
), backfleet_counted as materialized (
  select count(*) as changed from backfleet_change
), backfleet_move as (
  update backfleet.shard s
  set cursor = array[r.b1::text],
      rows_walked = s.rows_walked + (select walked from backfleet_walked),
      rows_changed = s.rows_changed + (select changed from backfleet_counted),
      batches = s.batches + 1,
      last_batch_at = clock_timestamp(),
      state = case when r.last then 'DONE' else s.state end,
      worker = case when not r.last then s.worker end,
      lease_until = case when not r.last
        then clock_timestamp() + make_interval(secs => (select lease from backfleet_input)) end
  from backfleet_range r
  where s.job_id = (select job from backfleet_input) and s.number = (select number from backfleet_input)
  returning s.cursor, r.last as done
)
select m.cursor,
       (select walked from backfleet_walked) as walked,
       (select changed from backfleet_counted) as changed,
       m.done, t.rate, t.slots, t.batch_seconds, t.wanted,
       set_config('synchronous_commit',
         case when m.done then current_setting('synchronous_commit') else 'off' end, true)
from backfleet_move m
cross join backfleet_input i
cross join lateral backfleet.terms(i.job, i.number) t;

-- QUARANTINE_BEFORE_ALL
with backfleet_input as materialized (
  select :job::bigint as job, :number::integer as number, :epoch::bigint as epoch, :cursor::text[] as cursor,
         :size::integer as size, :lease::double precision as lease
), backfleet_fence as materialized (
  select s.cursor[1]::bigint as c1, s.upper[1]::bigint as u1
  from backfleet.shard s
  where s.job_id = (select job from backfleet_input)
    and s.number = (select number from backfleet_input)
    and s.epoch = (select epoch from backfleet_input)
    and s.state = 'RUNNING'
    and s.cursor is not distinct from (select cursor from backfleet_input)
    and s.relation = to_regclass('"public"."t"')
  for update of s
), backfleet_nth as materialized (
  select "t"."id" as n1
  from only "public"."t" as "t"
  where exists (select from backfleet_fence)
  order by "t"."id"
  offset (select size - 1 from backfleet_input) limit 1
), backfleet_bound as materialized (
  select f.*, n.n1, n.n1 is null or not (n.n1) < (f.u1) as last
  from backfleet_fence f left join backfleet_nth n on true
), backfleet_ends as materialized (
  select c1, case when last then u1 else n1 end as b1, last from backfleet_bound
), backfleet_range as materialized (
  select *, 0 as shared, pg_catalog.set_config('lock_timeout', pg_catalog.current_setting(case when (select size from backfleet_input) > 1 then 'backfleet.wait_with_rows' else 'backfleet.wait_without_rows' end), true) as patience from backfleet_ends
), backfleet_walked as materialized (
  select case when last
    then (select count(*)
          from (select "t"."id" as n1 from only "public"."t" as "t" where exists (select from backfleet_fence)
                order by "t"."id" limit (select size from backfleet_input)) w
          where (w.n1) <= (select b1 from backfleet_range))
    else (select size from backfleet_input) end as walked
  from backfleet_range
), backfleet_why as materialized (
  select :code::text as code, :message::text as message, :worker::text as worker
), backfleet_job as (
  update backfleet.job j
  set quarantined = j.quarantined + 1,
      state = case when backfleet.budget_spent(j, y.code) is null then j.state else 'HALTED' end,
      error = coalesce(backfleet.budget_spent(j, y.code), j.error)
  from backfleet_walked w, backfleet_why y
  where j.id = (select job from backfleet_input) and j.state = 'RUNNING' and w.walked > 0
  returning j.state = 'HALTED' as halted
), backfleet_aside as (
  insert into backfleet.quarantine (job_id, shard, relation, key, sqlstate, message, epoch, worker)
  select i.job, i.number, to_regclass('"public"."t"'), array[r.b1::text], y.code, y.message, i.epoch, y.worker
  from backfleet_input i, backfleet_range r, backfleet_why y, backfleet_job
), backfleet_standing as materialized (
  select case when w.walked > 0 and j.halted is null then 'JOB_STOPPED'
              when j.halted then 'BUDGET_SPENT'
              when r.last then 'DONE'
              else 'GOES_ON' end as standing,
         j.halted is not null as quarantined
  from backfleet_range r cross join backfleet_walked w left join backfleet_job j on true
), backfleet_move as (
  update backfleet.shard s
  set cursor = case when n.standing = 'JOB_STOPPED' then s.cursor else array[r.b1::text] end,
      rows_walked = s.rows_walked + case when n.quarantined then 1 else 0 end,
      state = case when n.standing = 'JOB_STOPPED' then 'PENDING'
                   when r.last then 'DONE'
                   when n.standing = 'BUDGET_SPENT' then 'PENDING'
                   else s.state end,
      worker = case when n.standing = 'GOES_ON' then s.worker end,
      lease_until = case when n.standing = 'GOES_ON'
        then clock_timestamp() + make_interval(secs => (select lease from backfleet_input)) end
  from backfleet_range r, backfleet_standing n
  where s.job_id = (select job from backfleet_input) and s.number = (select number from backfleet_input)
  returning s.cursor, n.quarantined, n.standing
)
select m.cursor, m.quarantined, m.standing, t.rate, t.slots, t.batch_seconds, t.wanted
from backfleet_move m
cross join backfleet_input i
cross join lateral backfleet.terms(i.job, i.number) t;

-- QUARANTINE_AFTER_A_TENANT
with backfleet_input as materialized (
  select :job::bigint as job, :number::integer as number, :epoch::bigint as epoch, :cursor::text[] as cursor,
         :size::integer as size, :lease::double precision as lease
), backfleet_fence as materialized (
  select s.cursor[1]::bigint as c1, s.upper[1]::bigint as u1
  from backfleet.shard s
  where s.job_id = (select job from backfleet_input)
    and s.number = (select number from backfleet_input)
    and s.epoch = (select epoch from backfleet_input)
    and s.state = 'RUNNING'
    and s.cursor is not distinct from (select cursor from backfleet_input)
    and s.relation = to_regclass('"public"."t"')
  for update of s
), backfleet_nth as materialized (
  select "t"."id" as n1
  from only "public"."t" as "t"
  where "t"."id" > (select c1 from backfleet_fence)
  order by "t"."id"
  offset (select size - 1 from backfleet_input) limit 1
), backfleet_bound as materialized (
  select f.*, n.n1, n.n1 is null or not (n.n1) < (f.u1) as last
  from backfleet_fence f left join backfleet_nth n on true
), backfleet_ends as materialized (
  select c1, case when last then u1 else n1 end as b1, last from backfleet_bound
), backfleet_range as materialized (
  select *, 0 as shared, pg_catalog.set_config('lock_timeout', pg_catalog.current_setting(case when (select size from backfleet_input) > 1 then 'backfleet.wait_with_rows' else 'backfleet.wait_without_rows' end), true) as patience from backfleet_ends
), backfleet_walked as materialized (
  select case when last
    then (select count(*)
          from (select "t"."id" as n1 from only "public"."t" as "t" where "t"."id" > (select c1 from backfleet_fence)
                order by "t"."id" limit (select size from backfleet_input)) w
          where (w.n1) <= (select b1 from backfleet_range))
    else (select size from backfleet_input) end as walked
  from backfleet_range
), backfleet_why as materialized (
  select :code::text as code, :message::text as message, :worker::text as worker
), backfleet_job as (
  update backfleet.job j
  set quarantined = j.quarantined + 1,
      state = case when backfleet.budget_spent(j, y.code) is null then j.state else 'HALTED' end,
      error = coalesce(backfleet.budget_spent(j, y.code), j.error)
  from backfleet_walked w, backfleet_why y
  where j.id = (select job from backfleet_input) and j.state = 'RUNNING' and w.walked > 0
  returning j.state = 'HALTED' as halted
), backfleet_aside as (
  insert into backfleet.quarantine (job_id, shard, relation, key, sqlstate, message, epoch, worker)
  select i.job, i.number, to_regclass('"public"."t"'), array[r.b1::text], y.code, y.message, i.epoch, y.worker
  from backfleet_input i, backfleet_range r, backfleet_why y, backfleet_job
), backfleet_standing as materialized (
  select case when w.walked > 0 and j.halted is null then 'JOB_STOPPED'
              when j.halted then 'BUDGET_SPENT'
              when r.last then 'DONE'
              else 'GOES_ON' end as standing,
         j.halted is not null as quarantined
  from backfleet_range r cross join backfleet_walked w left join backfleet_job j on true
), backfleet_move as (
  update backfleet.shard s
  set cursor = case when n.standing = 'JOB_STOPPED' then s.cursor else array[r.b1::text] end,
      rows_walked = s.rows_walked + case when n.quarantined then 1 else 0 end,
      state = case when n.standing = 'JOB_STOPPED' then 'PENDING'
                   when r.last then 'DONE'
                   when n.standing = 'BUDGET_SPENT' then 'PENDING'
                   else s.state end,
      worker = case when n.standing = 'GOES_ON' then s.worker end,
      lease_until = case when n.standing = 'GOES_ON'
        then clock_timestamp() + make_interval(secs => (select lease from backfleet_input)) end
  from backfleet_range r, backfleet_standing n
  where s.job_id = (select job from backfleet_input) and s.number = (select number from backfleet_input)
  returning s.cursor, n.quarantined, n.standing
)
select m.cursor, m.quarantined, m.standing, t.rate, t.slots, t.batch_seconds, t.wanted
from backfleet_move m
cross join backfleet_input i
cross join lateral backfleet.terms(i.job, i.number) t;

-- QUARANTINE_AT_A_ROW
with backfleet_input as materialized (
  select :job::bigint as job, :number::integer as number, :epoch::bigint as epoch, :cursor::text[] as cursor,
         :size::integer as size, :lease::double precision as lease
), backfleet_fence as materialized (
  select s.cursor[1]::bigint as c1, s.upper[1]::bigint as u1
  from backfleet.shard s
  where s.job_id = (select job from backfleet_input)
    and s.number = (select number from backfleet_input)
    and s.epoch = (select epoch from backfleet_input)
    and s.state = 'RUNNING'
    and s.cursor is not distinct from (select cursor from backfleet_input)
    and s.relation = to_regclass('"public"."t"')
  for update of s
), backfleet_nth as materialized (
  select "t"."id" as n1
  from only "public"."t" as "t"
  where ("t"."id") > ((select c1 from backfleet_fence))
  order by "t"."id"
  offset (select size - 1 from backfleet_input) limit 1
), backfleet_bound as materialized (
  select f.*, n.n1, n.n1 is null or not (n.n1) < (f.u1) as last
  from backfleet_fence f left join backfleet_nth n on true
), backfleet_ends as materialized (
  select c1, case when last then u1 else n1 end as b1, last from backfleet_bound
), backfleet_range as materialized (
  select *, 0 as shared, pg_catalog.set_config('lock_timeout', pg_catalog.current_setting(case when (select size from backfleet_input) > 1 then 'backfleet.wait_with_rows' else 'backfleet.wait_without_rows' end), true) as patience from backfleet_ends
), backfleet_walked as materialized (
  select case when last
    then (select count(*)
          from (select "t"."id" as n1 from only "public"."t" as "t" where ("t"."id") > ((select c1 from backfleet_fence))
                order by "t"."id" limit (select size from backfleet_input)) w
          where (w.n1) <= (select b1 from backfleet_range))
    else (select size from backfleet_input) end as walked
  from backfleet_range
), backfleet_why as materialized (
  select :code::text as code, :message::text as message, :worker::text as worker
), backfleet_job as (
  update backfleet.job j
  set quarantined = j.quarantined + 1,
      state = case when backfleet.budget_spent(j, y.code) is null then j.state else 'HALTED' end,
      error = coalesce(backfleet.budget_spent(j, y.code), j.error)
  from backfleet_walked w, backfleet_why y
  where j.id = (select job from backfleet_input) and j.state = 'RUNNING' and w.walked > 0
  returning j.state = 'HALTED' as halted
), backfleet_aside as (
  insert into backfleet.quarantine (job_id, shard, relation, key, sqlstate, message, epoch, worker)
  select i.job, i.number, to_regclass('"public"."t"'), array[r.b1::text], y.code, y.message, i.epoch, y.worker
  from backfleet_input i, backfleet_range r, backfleet_why y, backfleet_job
), backfleet_standing as materialized (
  select case when w.walked > 0 and j.halted is null then 'JOB_STOPPED'
              when j.halted then 'BUDGET_SPENT'
              when r.last then 'DONE'
              else 'GOES_ON' end as standing,
         j.halted is not null as quarantined
  from backfleet_range r cross join backfleet_walked w left join backfleet_job j on true
), backfleet_move as (
  update backfleet.shard s
  set cursor = case when n.standing = 'JOB_STOPPED' then s.cursor else array[r.b1::text] end,
      rows_walked = s.rows_walked + case when n.quarantined then 1 else 0 end,
      state = case when n.standing = 'JOB_STOPPED' then 'PENDING'
                   when r.last then 'DONE'
                   when n.standing = 'BUDGET_SPENT' then 'PENDING'
                   else s.state end,
      worker = case when n.standing = 'GOES_ON' then s.worker end,
      lease_until = case when n.standing = 'GOES_ON'
        then clock_timestamp() + make_interval(secs => (select lease from backfleet_input)) end
  from backfleet_range r, backfleet_standing n
  where s.job_id = (select job from backfleet_input) and s.number = (select number from backfleet_input)
  returning s.cursor, n.quarantined, n.standing
)
select m.cursor, m.quarantined, m.standing, t.rate, t.slots, t.batch_seconds, t.wanted
from backfleet_move m
cross join backfleet_input i
cross join lateral backfleet.terms(i.job, i.number) t;

-- GONE
delete from backfleet.worker where id = :id and pid = :pid;
