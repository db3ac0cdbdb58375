-- What a worker of the release before sends: it must be understood after the migration, since it runs on meanwhile.

-- PostgresShardStore.CLAIM
update backfleet.shard s
set state = 'RUNNING', epoch = s.epoch + 1, worker = $1::text, not_before = null,
    lease_until = clock_timestamp() + make_interval(secs => $2::double precision)
from backfleet.job j, backfleet.job_relation r
where s.job_id = $3::bigint and s.number = $4::integer and s.dispatch = $5::bigint and s.state = 'DISPATCHED'
  and j.id = s.job_id and j.state = 'RUNNING' and backfleet.is_open(j.opens_at, j.closes_at)
  and r.job_id = s.job_id and r.relation = s.relation
  and not exists (select from backfleet.control c where c.scope = 'fleet' and c.state <> 'RUN')
  and (select count(*) from backfleet.shard o where o.job_id = $3::bigint and o.state = 'RUNNING')
      < backfleet.slots_of(j)
returning s.epoch, s.cursor, s.upper, s.relation::bigint as relation, r.schema_name, r.table_name, j.definition,
          backfleet.rate_of(j) as rate, j.batch_seconds, true as wanted,
          (select 1 + count(*) from backfleet.shard o where o.job_id = $3::bigint and o.state = 'RUNNING') as slots;

-- PostgresShardStore.RENEW
update backfleet.shard
set lease_until = clock_timestamp() + make_interval(secs => $1::double precision)
where job_id = $2::bigint and number = $3::integer and epoch = $4::bigint and state = 'RUNNING';

-- PostgresShardStore.READ_BACK
select s.cursor, coalesce(to_regclass($1::text)::oid = s.relation, false) as same_table,
       (select count(*) from pg_catalog.pg_attribute a
        where a.attrelid = $2::oid and not a.attisdropped
          and (a.attname, a.attnum) in (select * from unnest($3::name[], $4::int2[]))) as columns
from backfleet.shard s
where s.job_id = $5::bigint and s.number = $6::integer and s.epoch = $7::bigint and s.state = 'RUNNING';

-- PostgresShardStore.GIVE_BACK
update backfleet.shard
set state = 'PENDING', worker = null, lease_until = null,
    not_before = case when $1::double precision > 0 then clock_timestamp() + make_interval(secs => $1::double precision) end
where job_id = $2::bigint and number = $3::integer and epoch = $4::bigint and state = 'RUNNING';

-- PostgresShardStore.FAIL
update backfleet.shard
set state = 'FAILED', worker = null, lease_until = null, error_code = $1::text, error = $2::text
where job_id = $3::bigint and number = $4::integer and epoch = $5::bigint and state = 'RUNNING';

-- PostgresShardStore.PAUSE_JOB
update backfleet.job set state = 'PAUSING', reason = $1::text where id = $2::bigint and state = 'RUNNING';

-- PostgresShardStore.HALT_JOB
update backfleet.job set state = 'HALTED', error = $1::text where id = $2::bigint and state = 'RUNNING';

-- PaceClock.RESERVE
with asked as materialized (
  select t.*, clock_timestamp() as at from backfleet.terms($1::bigint, $2::integer) t
), moved as (
  update backfleet.pace p
  set next_at = greatest(
          case when p.next_at > a.at + interval '5 seconds' then a.at else p.next_at end
            + make_interval(secs => greatest(-2.0, least(0.0, $3::double precision) / (a.rate * $4::double precision))),
          a.at)
        + make_interval(secs => least(2.0, (greatest(0.0, $3::double precision) + $5::double precision) / (a.rate * $4::double precision)))
  from asked a
  where p.job_id = $1::bigint and a.wanted and a.rate is not null
    and (p.next_at <= a.at + make_interval(secs => $6::double precision) or p.next_at > a.at + interval '5 seconds')
  returning p.next_at - make_interval(secs => least(2.0, $5::double precision / (a.rate * $4::double precision))) as start
)
select a.rate, a.slots, a.batch_seconds, a.wanted, m.start is not null as granted, p.job_id is not null as known,
       extract(epoch from coalesce(m.start, p.next_at - make_interval(secs => $6::double precision)) - a.at)::double precision
         as delay
from asked a left join moved m on true left join backfleet.pace p on p.job_id = $1::bigint;

-- PaceClock.SETTLE
update backfleet.pace p
set next_at = case
  when $1::double precision > 0 then greatest(p.next_at, clock_timestamp())
    + make_interval(secs => least(2.0, $1::double precision / (j.rate * $2::double precision)))
  else p.next_at + make_interval(secs => greatest(-2.0, $1::double precision / (j.rate * $2::double precision))) end
from (select backfleet.rate_of(job) as rate from backfleet.job where id = $3::bigint) j
where p.job_id = $3::bigint and j.rate is not null;

-- PaceClock.WIND_UP
insert into backfleet.pace (job_id, next_at) select id, clock_timestamp() from backfleet.job where id = $1::bigint
on conflict do nothing;

-- PostgresWorkerRegistry.SEEN
insert into backfleet.worker as w (id, host, pid, slots, taking)
values ($1::text, $2::text, $3::bigint, $4::integer, $5::boolean)
on conflict (id) do update
set host = excluded.host, pid = excluded.pid, slots = excluded.slots, taking = excluded.taking,
    started_at = case when w.pid = excluded.pid then w.started_at else now() end, seen_at = now();

-- PostgresWorkerRegistry.GONE
delete from backfleet.worker where id = $1::text and pid = $2::bigint;

-- BatchStatement, of a table t
with backfleet_input as materialized (
  select $1::bigint as job, $2::integer as number, $3::bigint as epoch, $4::text[] as cursor,
         $5::integer as size, $6::double precision as lease
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
