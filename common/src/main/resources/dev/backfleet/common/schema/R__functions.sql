-- The one current text of every function of the control schema: applied again, after all numbered migrations, whenever it
-- has changed. Numbered migrations hold what the functions were in their time, and are history.
--
-- A change here is a change of version, as a numbered migration is: raise backfleet.version() and SchemaVersion.KNOWN, unless this
-- version was not released yet. Functions that workers of the release before call keep their names, arguments and columns.

-- Whether a job may be worked on now, as far as its time window is concerned.
create or replace function backfleet.is_open(opens_at timestamptz, closes_at timestamptz) returns boolean
  language sql volatile
  as $$ select opens_at is null or clock_timestamp() >= opens_at and clock_timestamp() < closes_at $$;

-- The rows per second that hold for a job now; null: no limit. Whatever lowers a rate does it here, and nowhere else. A job that
-- is held back has a rate even if it has no limit.
create or replace function backfleet.rate_of(job backfleet.job) returns double precision
  language sql stable
  as $$
    select case when job.factor = 1 then least(job.rate_limit::double precision, job.wal_rows)
                else greatest(job.factor, 0.01) * least(job.rate_limit::double precision, job.wal_rows, job.full_rows) end
  $$;

-- How many slots a job may use at once: no more than its limit has tens of rows, since each may be a batch of at least one
-- row ahead, and all together a tenth of the limit.
create or replace function backfleet.slots_allowed(concurrency integer, rate double precision) returns integer
  language sql immutable
  as $$ select case when rate is null then concurrency else least(concurrency, greatest(1, floor(rate / 10)))::integer end $$;

-- The slots that a job may use at once now. Whatever takes slots from a job does it here, and nowhere else. Whole slots are
-- taken first; what is then still too much, the rate takes.
create or replace function backfleet.slots_now(job backfleet.job) returns integer
  language sql stable
  as $$
    select case when job.factor = 1 then backfleet.slots_allowed(job.concurrency, backfleet.rate_of(job))
                when job.factor = 0 then 0
                else least(backfleet.slots_allowed(job.concurrency, backfleet.rate_of(job)),
                           greatest(1, ceil(job.factor * least(job.concurrency, job.full_slots) - 1e-6))::integer) end
  $$;

-- The same for workers of the release before, whose claims ask for it. They read a stored definition without a version
-- only, and would end at a later one: of such a job they get no shard.
create or replace function backfleet.slots_of(job backfleet.job) returns integer
  language sql stable
  as $$ select case when job.definition ? 'v' then 0 else backfleet.slots_now(job) end $$;

-- What holds for a slot that works on a shard: the job's limit and how many share it, how long a batch is to take, and
-- whether the slot is wanted at all: the job is RUNNING and the fleet is not to pause, the window is open, and the job has not
-- been left with fewer slots than come before it. So a job that was stopped, by whatever, stops with the next batch.
create or replace function backfleet.terms(job bigint, shard integer)
  returns table (rate double precision, slots integer, batch_seconds double precision, wanted boolean)
  language sql stable
  as $$
    select backfleet.rate_of(j), r.slots, j.batch_seconds,
           j.state = 'RUNNING' and backfleet.is_open(j.opens_at, j.closes_at) and r.before < backfleet.slots_now(j)
             and not exists (select from backfleet.control c where c.scope = 'fleet' and c.state <> 'RUN')
    from backfleet.job j,
         lateral (select count(*)::integer as slots, (count(*) filter (where s.number < $2))::integer as before
                  from backfleet.shard s where s.job_id = j.id and s.state = 'RUNNING') r
    where j.id = $1
  $$;

-- What a status reads of a job's shards. The few that count are found by their indexes, however out of date the planner's statistics
-- are; as functions, so that a look at one job needs no transaction that changes these settings. ShardSums has the same for a list
-- of jobs. Those that are begun and not tallied yet:
create or replace function backfleet.shards_begun(job bigint)
  returns table (changed bigint, walked bigint, done bigint, last_batch_at timestamptz)
  language sql stable
  set enable_seqscan = off set enable_bitmapscan = off set jit = off
  as $$
    select coalesce(sum(s.rows_changed), 0)::bigint, coalesce(sum(s.rows_walked), 0)::bigint,
           count(*) filter (where s.state = 'DONE'), max(s.last_batch_at)
    from backfleet.shard s where s.job_id = $1 and s.epoch > 0 and not s.tallied
  $$;

-- Those that are in flight, and how many there are; shards are numbered from 1, without gaps.
create or replace function backfleet.shards_in_flight(job bigint)
  returns table (dispatched bigint, running bigint, workers bigint, oldest_task_at timestamptz, total integer, failed bigint)
  language sql stable
  set enable_seqscan = off set enable_bitmapscan = off set jit = off
  as $$
    select count(*) filter (where s.state = 'DISPATCHED'), count(*) filter (where s.state = 'RUNNING'), count(distinct s.worker),
           min(s.dispatched_at) filter (where s.state = 'DISPATCHED'),
           coalesce((select max(n.number) from backfleet.shard n where n.job_id = $1), 0),
           (select count(*) from backfleet.shard f where f.job_id = $1 and f.state = 'FAILED')
    from backfleet.shard s where s.job_id = $1 and s.state in ('DISPATCHED', 'RUNNING')
  $$;

-- The shards of a job by buckets of so many numbers each: how many there are, and how many of them are DONE, in flight and FAILED.
-- Beside the buckets, only shards that have not ended, or ended a moment ago, are read.
create or replace function backfleet.shard_map(job bigint, width integer)
  returns table (total integer[], done integer[], in_flight integer[], failed integer[])
  language sql stable
  set enable_seqscan = off set enable_bitmapscan = off set jit = off
  as $$
    with counted as (
      select c.bucket, sum(c.total)::integer as total, sum(c.done)::integer as done, sum(c.in_flight)::integer as in_flight,
             sum(c.failed)::integer as failed
      from (
        select b.bucket, b.total, b.done, 0 as in_flight, 0 as failed from backfleet.shard_bucket b where b.job_id = $1
        union all
        select (coalesce(s.parent, s.number) - 1) / $2 + 1, 0, 1, 0, 0
        from backfleet.shard s where s.job_id = $1 and s.epoch > 0 and not s.tallied and s.state = 'DONE'
        union all
        select (coalesce(s.parent, s.number) - 1) / $2 + 1, 0, 0, 1, 0
        from backfleet.shard s where s.job_id = $1 and s.state in ('DISPATCHED', 'RUNNING')
        union all
        select (coalesce(s.parent, s.number) - 1) / $2 + 1, 0, 0, 0, 1
        from backfleet.shard s where s.job_id = $1 and s.state = 'FAILED'
        union all
        select (s.parent - 1) / $2 + 1, 1, 0, 0, 0
        from backfleet.shard s where s.job_id = $1 and s.parent is not null and not s.tallied
      ) c
      group by c.bucket
    )
    select coalesce(array_agg(coalesce(m.total, 0) order by n.bucket), '{}'),
           coalesce(array_agg(coalesce(m.done, 0) order by n.bucket), '{}'),
           coalesce(array_agg(coalesce(m.in_flight, 0) order by n.bucket), '{}'),
           coalesce(array_agg(coalesce(m.failed, 0) order by n.bucket), '{}')
    from generate_series(1, (select max(bucket) from counted)) n (bucket)
    left join counted m on m.bucket = n.bucket
  $$;

-- The open shards of a wave and of those before it, up to a number; whether one of them is FAILED; whether more waves come.
create or replace function backfleet.shards_of_wave(job bigint, wave integer, most integer)
  returns table (open integer, failed boolean, more boolean)
  language sql stable
  set enable_seqscan = off set enable_bitmapscan = off set jit = off
  as $$
    select (select count(*)::integer from (
              (select from backfleet.shard s where s.job_id = $1 and s.state = 'PENDING' and not s.held and s.wave <= $2 limit $3)
              union all
              (select from backfleet.shard s where s.job_id = $1 and s.state = 'PENDING' and s.held and s.wave <= $2 limit $3)
              union all
              (select from backfleet.shard s where s.job_id = $1 and s.state in ('DISPATCHED', 'RUNNING') and s.wave <= $2)
            ) o),
           exists (select from backfleet.shard s where s.job_id = $1 and s.state = 'FAILED' and s.wave <= $2),
           exists (select from backfleet.shard s where s.job_id = $1 and s.state = 'PENDING' and not s.held and s.wave > $2)
             or exists (select from backfleet.shard s where s.job_id = $1 and s.state = 'PENDING' and s.held and s.wave > $2)
  $$;

-- Whether a shard has advanced or ended since a moment; not, if there is no such shard.
create or replace function backfleet.has_advanced(job bigint, shard integer, since timestamptz) returns boolean
  language sql stable
  set enable_seqscan = off set enable_bitmapscan = off set jit = off
  as $$
    select exists (select from backfleet.shard s
                   where s.job_id = $1 and s.number = $2 and (s.last_batch_at > $3 or s.state in ('DONE', 'FAILED')))
  $$;

-- Whether a failure of a shard at a moment still tells why it does not advance: it has not advanced since, and is in flight, or was
-- tried within a lease (5 s by default) and some seconds, or none of the job's shards advances.
create or replace function backfleet.is_stuck(job bigint, shard integer, since timestamptz, others_advance boolean) returns boolean
  language sql stable
  set enable_seqscan = off set enable_bitmapscan = off set jit = off
  as $$
    select exists (select from backfleet.shard s
                   where s.job_id = $1 and s.number = $2 and s.state not in ('DONE', 'FAILED')
                     and (s.last_batch_at is null or s.last_batch_at <= $3)
                     and (s.state <> 'PENDING' or $3 > clock_timestamp() - interval '15 seconds' or not $4))
  $$;

-- The shards of all jobs that are worked on.
create or replace function backfleet.shards_worked_on() returns table (worker text, job_id bigint, number integer)
  language sql stable
  set enable_seqscan = off set enable_bitmapscan = off set jit = off
  as $$ select s.worker, s.job_id, s.number from backfleet.shard s where s.state = 'RUNNING' order by s.job_id, s.number $$;

-- Why a job must halt when one more row is put aside; null: its error budget permits it. The share of the rows scanned
-- counts from the 101st row on: a share of a few rows says nothing, and bad rows tend to stand together. It is asked with each
-- rejected row while the job's row is locked: so it reads only the shards that are begun and not yet tallied.
create or replace function backfleet.budget_spent(job backfleet.job, code text) returns text
  language sql stable
  set enable_seqscan = off set enable_bitmapscan = off
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
          then 'quarantined ' || n.rows || ' of ' || w.walked || ' rows scanned, error-budget.ratio is '
            || (job.budget_ratio * 100)::numeric || '%' end as why
      from (select job.quarantined + 1 as rows) n
      left join lateral (
        select job.tallied_walked + coalesce(sum(s.rows_walked), 0)::bigint + 1 as walked from backfleet.shard s
        where s.job_id = job.id and s.epoch > 0 and not s.tallied and n.rows > 100 and n.rows <= job.budget_rows) w on true) spent
    where spent.why is not null
  $$;

-- The tenants of a job that are to stand still, as they were written. Whoever pauses one waits until the transaction that
-- asks has ended; and what was paused before is seen, whenever the statement that asks began.
create or replace function backfleet.hold_still(job bigint) returns text[]
  language plpgsql volatile
  as $$
    begin
      perform pg_advisory_xact_lock_shared(hashtextextended('backfleet shards ' || job, 0));
      return array(select substr(c.scope, length('job/' || job || '/tenant/') + 1) from backfleet.control c
                   where starts_with(c.scope, 'job/' || job || '/tenant/') and c.state <> 'RUN');
    end
  $$;

-- When to look whether a trouble is over: after 5 s, and each time twice as long, to at most 10 minutes.
create or replace function backfleet.next_probe(probes integer) returns timestamptz
  language sql volatile
  as $$ select clock_timestamp() + least(interval '10 minutes', interval '5 seconds' * 2 ^ least(probes, 10)) $$;

-- The type below a domain, however many domains there are one above the other; any other type is its own.
create or replace function backfleet.base_type(type oid) returns oid
  language sql stable
  as $$
    with recursive below as (
      select type as oid
      union all
      select t.typbasetype from below b join pg_catalog.pg_type t on t.oid = b.oid where t.typtype = 'd'
    )
    select b.oid from below b join pg_catalog.pg_type t on t.oid = b.oid where t.typtype <> 'd'
  $$;

-- A type and all types that its values are made of: elements of arrays, bounds of ranges, attributes, what is below a domain.
create or replace function backfleet.type_parts(type oid) returns setof oid
  language sql stable
  as $$
    with recursive part as (
      select type as oid
      union
      select v.oid
      from part p join pg_catalog.pg_type t on t.oid = p.oid
      cross join lateral (
        select t.typbasetype where t.typtype = 'd'
        union all select t.typelem where t.typelem <> 0 and t.typlen = -1
        union all
        select r.rngsubtype from pg_catalog.pg_range r
        where r.rngtypid = t.oid or (to_jsonb(r) ->> 'rngmultitypid')::oid = t.oid  -- from PostgreSQL 14 on
        union all
        select a.atttypid from pg_catalog.pg_attribute a
        where a.attrelid = t.typrelid and t.typrelid <> 0 and a.attnum > 0 and not a.attisdropped
      ) v (oid)
      where v.oid <> 0
    )
    select p.oid from part p
  $$;

-- Whether a type is regclass or the like: its text is the name of an object of the catalog.
create or replace function backfleet.is_catalog_name(type oid) returns boolean
  language sql stable
  as $$
    select t.typnamespace = 'pg_catalog'::regnamespace and t.typname like 'reg%' and t.typtype = 'b'
    from pg_catalog.pg_type t where t.oid = type
  $$;

-- The type in which a column's values travel: below a domain, whose casts would check; and what stands for an object of the
-- catalog (regclass and the like) travels as its OID, since its name can change.
create or replace function backfleet.walked_type(type oid) returns oid
  language sql stable
  as $$
    select case when backfleet.is_catalog_name(t.oid) then 'pg_catalog.oid'::regtype::oid else t.oid end
    from pg_catalog.pg_type t where t.oid = backfleet.base_type(type)
  $$;

-- Why a column's values cannot travel as text; null if they can.
create or replace function backfleet.unreadable_type(type oid) returns text
  language sql stable
  as $$
    select case
      when bool_or(t.oid = 'pg_catalog.money'::regtype) then 'the text of money depends on lc_monetary'
      when bool_or(t.oid <> backfleet.base_type(type) and backfleet.is_catalog_name(t.oid))
        then 'it contains names of tables, types or the like, which can be renamed'
      when bool_or(t.typtype = 'd' and (t.typnotnull
             or exists (select from pg_catalog.pg_constraint c where c.contypid = t.oid)))
        then 'it contains a domain with constraints, which would be checked with each comparison' end
    from backfleet.type_parts(backfleet.base_type(type)) p (oid)
    join pg_catalog.pg_type t on t.oid = p.oid
  $$;

-- Whether an operator class sorts a column's values as the column's type does by default. A type that has a default of its own
-- can also be indexed by the default of a type that it is cast to without a word: citext by that of text, for one.
create or replace function backfleet.is_default_order(opclass oid, type oid) returns boolean
  language sql stable
  as $$
    select coalesce((
      select o.opcdefault and (o.opcintype = backfleet.base_type(type) or not exists (
        select from pg_catalog.pg_opclass d
        where d.opcmethod = o.opcmethod and d.opcdefault and d.opcintype = backfleet.base_type(type)))
      from pg_catalog.pg_opclass o where o.oid = opclass), false)
  $$;

-- The labels of the enums in some columns of a table, by OID; null if there is no enum.
create or replace function backfleet.labels_of(relation oid, names text[]) returns jsonb
  language sql stable
  as $$
    select jsonb_object_agg(e.oid::text, e.enumlabel)
    from pg_catalog.pg_attribute a
    cross join lateral backfleet.type_parts(a.atttypid) p (oid)
    join pg_catalog.pg_enum e on e.enumtypid = p.oid
    where a.attrelid = relation and a.attname = any(names) and not a.attisdropped
  $$;

-- The labels of enums in a job's key that were renamed since it was submitted, in words: its checkpoints hold the old ones.
create or replace function backfleet.label_differences(job bigint) returns setof text
  language sql stable
  as $$
    select case when e.enumlabel is null
             then format('the label %L of an enum in the key is gone', l.value)
             else format('the label %L of the enum %s in the key is called %L now: rename it back and resume',
                         l.value, e.enumtypid::regtype, e.enumlabel) end
    from backfleet.job j
    cross join lateral jsonb_each_text(j.key_labels) l
    left join pg_catalog.pg_enum e on e.oid = l.key::oid
    where j.id = job and e.enumlabel is distinct from l.value
  $$;

-- Some columns of a table, as they are now.
create or replace function backfleet.columns_of(relation oid, names text[]) returns jsonb
  language sql stable
  as $$
    select jsonb_agg(jsonb_build_object('name', attname, 'number', attnum, 'type', format_type(atttypid, atttypmod),
                                        'collation', attcollation::bigint) order by attnum)
    from pg_attribute where attrelid = relation and attnum > 0 and not attisdropped and attname = any(names)
  $$;

-- Whether a relation is the one that a job was pinned to, in words; null if it is. Takes no lock on it.
create or replace function backfleet.relation_difference(pinned oid, pinned_schema text, pinned_table text) returns text
  language sql stable
  as $$
    select case
      when named.oid = pinned then null
      when own.oid is null and named.oid is null then format('the table %I.%I was dropped', pinned_schema, pinned_table)
      when own.oid is null then format('%I.%I is another table now; the pinned one was dropped', pinned_schema, pinned_table)
      when named.oid is null then format('the table %I.%I is called %s now', pinned_schema, pinned_table, own.name)
      else format('%I.%I is another table now; the pinned one is called %s', pinned_schema, pinned_table, own.name) end
    from (values (to_regclass(format('%I.%I', pinned_schema, pinned_table))::oid)) named (oid)
    left join (select c.oid, format('%I.%I', n.nspname, c.relname) as name
               from pg_class c join pg_namespace n on n.oid = c.relnamespace) own on own.oid = pinned
  $$;

-- What of the columns that a job was pinned to is different now, in words.
create or replace function backfleet.column_differences(relation oid, pinned jsonb) returns setof text
  language sql stable
  as $$
    select case
      when a.attnum is null and n.attnum is null then format('the column %I was dropped', w.name)
      when a.attnum is null then format('the column %I was dropped and created anew', w.name)
      when a.attname <> w.name and n.attnum is null then format('the column %I is called %I now', w.name, a.attname)
      when a.attname <> w.name then format('the column %I is called %I now, and another one is called %I', w.name, a.attname, w.name)
      when format_type(a.atttypid, a.atttypmod) <> w.type then
        format('the column %I was %s and is %s', w.name, w.type, format_type(a.atttypid, a.atttypmod))
      else format('the column %I has another collation now', w.name) end
    from jsonb_to_recordset(pinned) as w (name text, number smallint, type text, "collation" bigint)
    left join pg_attribute a on a.attrelid = relation and a.attnum = w.number and not a.attisdropped
    left join pg_attribute n on n.attrelid = relation and n.attname = w.name and not n.attisdropped
    where a.attname is distinct from w.name or format_type(a.atttypid, a.atttypmod) <> w.type
       or a.attcollation::bigint <> w."collation"
  $$;

-- What keeps a key from being walked in a table, in words: it must be covered by a unique index, and sorted by an index.
-- Which indexes these are does not matter: they may be built anew.
create or replace function backfleet.key_differences(relation oid, key text[]) returns setof text
  language sql stable
  as $$
    with usable as (
      select i.indisunique and i.indimmediate as is_unique,
             array(select a.attname::text from unnest(i.indkey) with ordinality k (number, place)
                   join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
                   where k.place <= i.indnkeyatts order by k.place) as columns
      from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
      where i.indrelid = relation and m.amname = 'btree' and i.indisvalid and i.indisready
        and i.indpred is null and i.indexprs is null
        and (select bool_and(o.opcdefault and (o.opcintype = a.atttypid or backfleet.is_default_order(cl.oid, a.atttypid))
                           and a.attcollation = coll.oid) and (bool_and(opt.bits = 0) or bool_and(opt.bits = 3))
             from unnest(i.indkey) with ordinality k (number, place)
             join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
             join unnest(i.indclass) with ordinality cl (oid, place) on cl.place = k.place
             join pg_opclass o on o.oid = cl.oid
             join unnest(i.indcollation) with ordinality coll (oid, place) on coll.place = k.place
             join unnest(i.indoption) with ordinality opt (bits, place) on opt.place = k.place
             where k.place <= i.indnkeyatts)
    )
    select format('%s has no usable unique index over the key (%s) any more', relation::regclass,
                  (select string_agg(quote_ident(k), ', ') from unnest(key) k))
    where not exists (select from usable where is_unique and columns <@ key)
    union all
    select format('%s has no usable index over (%s), in this order, any more', relation::regclass,
                  (select string_agg(quote_ident(k), ', ') from unnest(key) k))
    where not exists (select from usable where columns[1:cardinality(key)] = key)
    union all
    select format('the column %I can be NULL now', attname) from pg_attribute
    where attrelid = relation and attname = any(key) and not attisdropped
      and (not attnotnull or exists (
        select from pg_constraint c
        where c.conrelid = relation and c.contype = 'n' and not c.convalidated and attnum = any(c.conkey)))
  $$;

-- The tables under a partitioned one, leaves and others; those that inherit from an ordinary table are not parts of it. Takes
-- no lock, as pg_partition_tree would.
create or replace function backfleet.partitions_of(root oid) returns table (relation oid, is_leaf boolean)
  language sql stable
  as $$
    with recursive tree as (
      select c.oid as relation, c.relkind as kind from pg_class c where c.oid = root
      union all
      select i.inhrelid, c.relkind
      from tree t join pg_inherits i on i.inhparent = t.relation join pg_class c on c.oid = i.inhrelid
      where t.kind = 'p'
        and not coalesce((to_jsonb(i) ->> 'inhdetachpending')::boolean, false)  -- from PostgreSQL 14 on
    )
    select t.relation, t.kind <> 'p' from tree t where t.relation <> root
  $$;

-- The leaves of a job's table that the job does not know yet. One that replaces another has the name of one that it knew. One that
-- has rows may have them from a default partition: if the job has changed rows there, nobody knows which of them these are,
-- and without a condition they would be changed twice.
create or replace function backfleet.new_partitions(job bigint)
  returns table (relation oid, schema_name text, table_name text, kind "char", replaces boolean)
  language sql stable
  as $$
    select t.relation, n.nspname::text, c.relname::text, c.relkind,
           exists (select from backfleet.job_relation r
                   where r.job_id = j.id and r.schema_name = n.nspname and r.table_name = c.relname and r.gone_at is null)
           or (c.relkind = 'r' and j.definition ->> 'where' is null and j.reconciles is null and pg_relation_size(c.oid) > 0
               and exists (select from backfleet.job_relation r
                           join pg_class d on d.oid = r.relation
                           join backfleet.shard s on s.job_id = r.job_id and s.relation = r.relation
                           where r.job_id = j.id and r.gone_at is null and s.rows_walked > 0
                             and pg_get_expr(d.relpartbound, d.oid) = 'DEFAULT'))
    from backfleet.job j
    cross join lateral backfleet.partitions_of((j.definition #>> '{table,oid}')::oid) t
    join pg_class c on c.oid = t.relation join pg_namespace n on n.oid = c.relnamespace
    where j.id = $1 and t.is_leaf
      and not exists (select from backfleet.job_relation r where r.job_id = j.id and r.relation = t.relation)
  $$;

-- What is different about the sync of a migration, in words; null if all of it is as it was made. The comment on its function has the
-- hash of the function's text. A trigger of a partition counts as one of the table. A sync to another table has three triggers, which
-- fire after the row was written: what other triggers fire then changes nothing of it.
create or replace function backfleet.sync_difference(relation oid, migration text) returns text
  language sql stable
  as $$
    with tree as materialized (
      select $1 as relation union select t.relation from backfleet.partitions_of($1) t
    ), copies as materialized (
      select exists (select from tree r join pg_trigger t on t.tgrelid = r.relation
                     where t.tgname in ('A_backfleet_sync_' || $2 || '_d', 'zz_backfleet_sync_' || $2 || '_i', 'zz_backfleet_sync_' || $2 || '_u')
                       and t.tgtype::int & 2 = 0) as are
    ), wanted as materialized (
      select r.relation, w.name, w.event, t.tgfoid, t.tgenabled
      from tree r
      cross join copies c
      cross join (values ('A_backfleet_sync_' || $2 || '_d', 8), ('zz_backfleet_sync_' || $2 || '_i', 4),
                         ('zz_backfleet_sync_' || $2 || '_u', 16)) w (name, event)
      left join pg_trigger t on t.tgrelid = r.relation and t.tgname = w.name and t.tgtype = case when c.are then 1 else 3 end + w.event
      where c.are or w.event <> 8
    )
    select coalesce(
      (select format('the trigger %I of the sync is missing on %s', w.name, w.relation::regclass)
       from wanted w where w.tgfoid is null order by 1 limit 1),
      (select format('the trigger %I of the sync is disabled on %s', w.name, w.relation::regclass)
       from wanted w where w.tgenabled not in ('O', 'A') order by 1 limit 1),
      (select format('the function %s of the sync was changed', p.oid::regprocedure)
       from pg_proc p
       where p.oid in (select w.tgfoid from wanted w)
         and substring(obj_description(p.oid, 'pg_proc') from 'sha256 ([0-9a-f]{64})')
           <> encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex')
       order by 1 limit 1),
      (select format('the trigger %I on %s fires after the sync, and may change what this has computed', t.tgname, w.relation::regclass)
       from wanted w join pg_trigger t on t.tgrelid = w.relation
       where not (select c.are from copies c) and not t.tgisinternal and t.tgtype::int & 3 = 3 and t.tgtype::int & w.event <> 0 and t.tgenabled in ('O', 'A')
         and t.tgname::text collate "C" > w.name collate "C" and not starts_with(t.tgname::text, 'zz_backfleet_sync_')
       order by 1 limit 1))
  $$;

-- What of the table that takes the copies of a job is different now, in words; no row if the job copies none. A column may be made
-- longer meanwhile: its type is compared without length and precision.
create or replace function backfleet.copy_differences(job bigint) returns setof text
  language sql stable
  as $$
    with pin as materialized (
      select (j.definition #>> '{copy,into,oid}')::oid as oid, j.definition #>> '{copy,into,schema}' as schema_name,
             j.definition #>> '{copy,into,name}' as table_name, j.definition #> '{copy,values}' as columns,
             array(select k ->> 'name' from jsonb_array_elements(j.definition #> '{copy,into,key}') k) as key
      from backfleet.job j where j.id = $1 and j.definition ? 'copy'
    )
    select backfleet.relation_difference(p.oid, p.schema_name, p.table_name) from pin p
    where backfleet.relation_difference(p.oid, p.schema_name, p.table_name) is not null
    union
    select format('the column %I of %I.%I is another one now', w.name, p.schema_name, p.table_name)
    from pin p join pg_class c on c.oid = p.oid
    cross join lateral jsonb_to_recordset(p.columns) as w (name text, number smallint, type text)
    left join pg_attribute a on a.attrelid = p.oid and a.attnum = w.number and not a.attisdropped
    left join pg_type t on t.oid = backfleet.walked_type(a.atttypid) left join pg_namespace n on n.oid = t.typnamespace
    where a.attname is distinct from w.name
      or format('"%s"."%s"', replace(n.nspname, '"', '""'), replace(t.typname, '"', '""')) is distinct from w.type
    union
    select format('%I.%I has no usable unique index over (%s) any more', p.schema_name, p.table_name,
                  (select string_agg(quote_ident(k), ', ') from unnest(p.key) k))
    from pin p join pg_class c on c.oid = p.oid
    where not exists (
      select from pg_index i
      where i.indrelid = p.oid and i.indisunique and i.indimmediate and i.indisvalid and i.indisready
        and i.indpred is null and i.indexprs is null and i.indnkeyatts = cardinality(p.key)
        and p.key <@ array(select a.attname::text from unnest(i.indkey) with ordinality k (number, place)
                           join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
                           where k.place <= i.indnkeyatts))
    union
    select format('%I.%I has the rule %I now, which rewrites the statements of the job', p.schema_name, p.table_name, w.rulename)
    from pin p join pg_rewrite w on w.ev_class = p.oid and w.ev_type in ('2', '3')
    where w.ev_enabled = any(case when (select j.definition ->> 'triggers' from backfleet.job j where j.id = $1) = 'SUPPRESS'
                             then '{R,A}' else '{O,A}' end::"char"[])
  $$;

-- A number that is another one when anything has changed that backfleet.differences looks at. It is cheap with thousands of
-- partitions: it reads which transactions wrote the rows of the catalog, and does not ask what they say.
create or replace function backfleet.catalog_print(job bigint) returns text
  language sql stable
  as $$
    with pin as materialized (
      select (j.definition #>> '{table,oid}')::oid as root, (j.definition #>> '{copy,into,oid}')::oid as copies
      from backfleet.job j where j.id = $1 and j.definition ? 'table'
    ), relations as materialized (
      select root as relation from pin
      union select copies from pin where copies is not null
      union select r.relation from backfleet.job_relation r where r.job_id = $1 and r.gone_at is null
      union select t.relation from pin, backfleet.partitions_of(pin.root) t
    )
    select count(*) || ' ' || coalesce(sum(hashtextextended(entry, 0)::numeric), 0)
    from (
      select 'relation ' || r.relation || ' ' || coalesce(c.xmin::text || ' ' || n.xmin::text, 'none') as entry
      from relations r left join pg_class c on c.oid = r.relation left join pg_namespace n on n.oid = c.relnamespace
      union all
      select 'index ' || i.indexrelid || ' ' || i.xmin::text from relations r join pg_index i on i.indrelid = r.relation
      union all
      select 'constraint ' || k.oid || ' ' || k.xmin::text from relations r join pg_constraint k on k.conrelid = r.relation
      union all
      select 'of a domain ' || k.oid || ' ' || k.xmin::text from pg_constraint k where k.contypid <> 0
      union all
      select 'label ' || l.oid || ' ' || l.xmin::text from pg_enum l
      union all
      select 'rule ' || w.oid || ' ' || w.xmin::text from relations r join pg_rewrite w on w.ev_class = r.relation
      union all
      select 'parent ' || h.inhrelid || ' ' || h.inhparent || ' ' || h.xmin::text
      from relations r join pg_inherits h on h.inhrelid = r.relation
      union all
      select 'column ' || a.attnum || ' ' || a.xmin::text from pin p join pg_attribute a on a.attrelid in (p.root, p.copies) and a.attnum > 0
      union all
      select 'trigger ' || t.oid || ' ' || t.xmin::text || ' ' || f.xmin::text
      from relations r join pg_trigger t on t.tgrelid = r.relation join pg_proc f on f.oid = t.tgfoid
      where not t.tgisinternal or t.tgparentid <> 0
    ) e
  $$;

-- What a job was pinned to that is different now, in words; no row if all of it is as it was. A table whose shards are all
-- DONE may go. A partition that comes later is taken into the job, unless it has the name of one that the job knew.
create or replace function backfleet.differences(job bigint) returns setof text
  language sql stable
  set lock_timeout = '500ms'
  as $$
    with pin as materialized (
      select j.id, (j.definition #>> '{table,oid}')::oid as root, j.definition #>> '{table,schema}' as root_schema,
             j.definition #>> '{table,name}' as root_name,
             -- An older version stores jobs without pins: then the names and numbers in the definition are all there is.
             coalesce(j.pinned, (
               select jsonb_agg(jsonb_build_object('name', coalesce(c -> 'name', c -> 'column'), 'number', c -> 'number'))
               from jsonb_array_elements((j.definition -> 'key') || (j.definition -> 'set')) c)) as pinned,
             array(select k ->> 'name' from jsonb_array_elements(j.definition -> 'key') with ordinality e (k, place)
                   order by place) as key,
             exists (select from pg_class c where c.oid = (j.definition #>> '{table,oid}')::oid and c.relkind = 'p')
               as partitioned
      from backfleet.job j where j.id = $1 and j.definition ? 'table'
    ), tree as materialized (
      select t.relation, t.is_leaf from pin p, backfleet.partitions_of(p.root) t
    ), found as (
      select r.relation,
             coalesce(case when p.partitioned and c.oid is null and to_regclass(format('%I.%I', r.schema_name, r.table_name)) is null
                        then format('the partition %I.%I was dropped before its rows were changed; a resume goes on without them',
                                    r.schema_name, r.table_name) end,
                      backfleet.relation_difference(r.relation, r.schema_name, r.table_name),
                      case when p.partitioned and r.relation not in (select relation from tree)
                        then format('the partition %I.%I was detached', r.schema_name, r.table_name) end) as difference,
             p.key, c.relkind
      from pin p join backfleet.job_relation r on r.job_id = p.id left join pg_class c on c.oid = r.relation
      where r.gone_at is null
    )
    select backfleet.relation_difference(p.root, p.root_schema, p.root_name) from pin p
    where backfleet.relation_difference(p.root, p.root_schema, p.root_name) is not null
    union
    select f.difference from found f
    where case when f.difference is null then false
               else exists (select from backfleet.shard s where s.job_id = $1 and s.relation = f.relation and s.state <> 'DONE')
                 or not exists (select from backfleet.shard s where s.job_id = $1) end
    union
    select d from pin p, backfleet.column_differences(p.root, p.pinned) d
    where exists (select from pg_class c where c.oid = p.root)
    union
    select d from found f, backfleet.key_differences(f.relation, f.key) d where f.difference is null and f.relkind = 'r'
    union
    select backfleet.label_differences($1)
    union
    select backfleet.copy_differences($1)
    union
    select d from pin p
    join backfleet.job j on j.id = p.id and j.definition ? 'migration' and j.reconciles is null
    cross join lateral backfleet.sync_difference(p.root, j.definition ->> 'migration') d
    where d is not null and exists (select from pg_class c where c.oid = p.root)
    union
    select format('%I.%I has the rule %I ON UPDATE now, which rewrites the statements of the job', n.nspname, c.relname, w.rulename)
    from (select f.relation from found f where f.difference is null union select p.root from pin p) r
    join pg_rewrite w on w.ev_class = r.relation and w.ev_type = '2'
      and not exists (select from backfleet.job j
                     where j.id = $1 and (j.reconciles is not null or j.definition #> '{copy,back}' = '[]'))
    join pg_class c on c.oid = r.relation join pg_namespace n on n.oid = c.relnamespace
    where w.ev_enabled = any(case when (select j.definition ->> 'triggers' from backfleet.job j where j.id = $1) = 'SUPPRESS'
                             then '{R,A}' else '{O,A}' end::"char"[])
    union
    select format(case when exists (select from backfleet.job_relation r
                                    where r.job_id = $1 and r.schema_name = n.schema_name and r.table_name = n.table_name
                                      and r.gone_at is null)
                    then 'the partition %I.%I is another table now, and nobody knows which of its rows were changed'
                    else 'the partition %I.%I came with rows while the job changed rows of the default partition: if they were moved '
                      || 'from there, nobody knows which of them were changed' end, n.schema_name, n.table_name)
    from backfleet.new_partitions($1) n where n.replaces
  $$;

-- When a row was written last, as far as its version's transaction tells: BEFORE the job was submitted, SINCE its end, or DURING
-- the time between. Transactions of a moment may have begun before it and written after it: these count as DURING. A version
-- has only the lower half of a transaction's id, and keeps it when it is frozen: what is more than that half of ids ago is
-- UNKNOWN, as is everything if the control schema came here from another server.
create or replace function backfleet.written(version xid, submitted bigint, finished bigint,
    next bigint default pg_snapshot_xmax(pg_current_snapshot())::text::bigint) returns text
  language sql stable
  as $$
    select case
      when finished is null or finished > next or next - finished >= 4294967296 then 'UNKNOWN'
      when version::text::bigint < 3 then 'BEFORE'  -- frozen by a release of PostgreSQL that did not keep the id
      when next - 1 - ((next - 1 - version::text::bigint) & 4294967295) >= finished then 'SINCE'
      when submitted is null or next - submitted >= 4294967296 then 'UNKNOWN'
      when next - 1 - ((next - 1 - version::text::bigint) & 4294967295) < submitted then 'BEFORE'
      else 'DURING' end
  $$;

-- A tenant as the findings of a reconcile name it: a longer text would not fit into their index.
create or replace function backfleet.reconcile_label(tenant text) returns text
  language sql immutable
  as $$
    select case when tenant is null then ''
                when octet_length(tenant) <= 1000 then tenant
                else left(tenant, 100) || '… ' || md5(tenant) end
  $$;

-- The epoch after this one. Each timeline of the server has epochs of its own: after a failover that lost a claim, the new
-- primary gives the same shard again, from the same epoch on, and two claims with one epoch would both pass the fence. Where the
-- server does not let its users know its timeline, the epochs of all are the same.
create or replace function backfleet.next_epoch(epoch bigint) returns bigint
  language plpgsql volatile
  as $$
    begin
      return greatest(epoch, (('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint - 1) << 31) + 1;
    exception when insufficient_privilege or feature_not_supported or undefined_function then
      return epoch + 1;
    end
  $$;

-- The events of a job: for its history (job_event), and for others (outbox). Whoever changes a job's row, workers of the release before
-- among them, may not be allowed to write here.
create or replace function backfleet.note_job_event() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
    declare
      cause text;
      code text;
    begin
      if tg_op = 'INSERT' then
        insert into backfleet.outbox (type, job_id, job_name, after) values ('job.proposed', new.id, new.name, new.state);
        return null;
      end if;
      if new.state <> old.state then
        cause := case when new.state in ('HALTED', 'FAILED') then coalesce(new.error, new.reason)
                      when new.state <> 'SUCCEEDED' then new.reason end;
        insert into backfleet.job_event (job_id, at, event, before, now, why, itself)
        values (new.id, coalesce(new.finished_at, clock_timestamp()), 'state', old.state, new.state, cause,
                case when new.state = 'RUNNING' then old.trouble is not null else new.trouble is not null end);
        if old.state = 'PLANNING' and new.state in ('RUNNING', 'PAUSED') then
          insert into backfleet.outbox (type, job_id, job_name, before, after)
          values ('job.planned', new.id, new.name, old.state, new.state);
        end if;
        insert into backfleet.outbox (type, job_id, job_name, before, after, why)
        select 'job.' || t.type, new.id, new.name, old.state, new.state, cause
        from (select case new.state
            when 'RUNNING' then case when old.started_at is null then 'started' else 'resumed' end
            when 'PAUSING' then case when new.trouble is not null then 'paused-itself' end
            when 'PAUSED' then case when new.trouble is null then 'paused'
                                    when old.state <> 'PAUSING' then 'paused-itself' end
            when 'HALTED' then 'halted'
            when 'FAILED' then 'failed'
            when 'CANCELLED' then 'cancelled'
            when 'SUCCEEDED' then 'succeeded' end as type) t
        where t.type is not null;
        if new.reconciles is not null and new.state in ('SUCCEEDED', 'FAILED', 'CANCELLED') then
          insert into backfleet.outbox (type, job_id, job_name, before, after)
          select 'reconcile', j.id, j.name, new.id, new.state from backfleet.job j where j.id = new.reconciles;
        end if;
      end if;
      if old.wave_done_at is null and new.wave_done_at is not null then
        insert into backfleet.job_event (job_id, at, event, now) values (new.id, new.wave_done_at, 'wave-done', new.wave);
        insert into backfleet.outbox (type, job_id, job_name, after) values ('job.wave-done', new.id, new.name, new.wave);
      end if;
      if old.quarantined = 0 and new.quarantined > 0 then
        select q.sqlstate || ' ' || q.message into code
        from backfleet.quarantine q where q.job_id = new.id order by q.id desc limit 1;
        insert into backfleet.job_event (job_id, event, now, why) values (new.id, 'quarantine', new.quarantined, code);
        insert into backfleet.outbox (type, job_id, job_name, before, after, why)
        values ('job.quarantined', new.id, new.name, 0, new.quarantined, code);
      end if;
      return null;
    end
  $$;

-- A job that the throttle begins to hold back, or holds back no longer.
create or replace function backfleet.note_throttle_event() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
    begin
      insert into backfleet.outbox (type, job_id, job_name, before, after)
      values (case when new.factor < 1 then 'job.held' else 'job.released' end, new.id, new.name, old.factor, new.factor);
      return null;
    end
  $$;

-- The desired state of the fleet.
create or replace function backfleet.note_fleet_event() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
    declare
      previous text := 'RUN';
    begin
      if tg_op = 'UPDATE' then
        previous := old.state;
      end if;
      if (new.state = 'RUN') <> (previous = 'RUN') then
        insert into backfleet.outbox (type, before, after, why, who)
        values (case new.state when 'RUN' then 'fleet.resumed' else 'fleet.paused' end, previous, new.state, new.reason, new.said_by);
      end if;
      return null;
    end
  $$;

-- The newest thousand of a job are kept.
create or replace function backfleet.forget_job_events() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
    begin
      delete from backfleet.job_event
      where job_id = new.job_id
        and id <= (select id from backfleet.job_event where job_id = new.job_id order by id desc offset 1000 limit 1);
      return null;
    end
  $$;

-- The hash of a row of the audit at its place in the chain: SHA-256 over the hash of the row before it and the fields of this
-- one, each with its length, so that no two rows have the same text. 'backfleet audit --verify' computes it on its own (AuditChain).
create or replace function backfleet.audit_hash(previous bytea, place bigint, a backfleet.audit) returns bytea
  language sql stable
  set search_path = pg_catalog
  as $$
    select sha256(previous || convert_to(
             string_agg(coalesce(octet_length(convert_to(f.value, 'UTF8')) || ':' || f.value, '-'), ',' order by f.number), 'UTF8'))
    from unnest(array[place::text, a.id::text, round(extract(epoch from a.at) * 1000000)::bigint::text, a.who, a.role, a.via,
                      a.client, a.remote, a.job_id::text, a.job_name, a.action, a.setting, a.old_value, a.new_value, a.reason,
                      a.request_id, a.xact::text]) with ordinality f (value, number)
  $$;

-- Appends a row of the audit to the chain, as the last thing before its transaction commits: the head is locked for the time of
-- the commit, and nothing is locked after it. Without a head the row stays unchained, and 'backfleet audit --verify' says so: a
-- pause must not fail for it.
create or replace function backfleet.chain_audit() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
    declare
      head backfleet.audit_head;
      chained bytea;
    begin
      select * into head from backfleet.audit_head h for update;
      update backfleet.audit a set seq = head.seq + 1, hash = backfleet.audit_hash(head.hash, head.seq + 1, a)
      where a.id = new.id returning a.hash into chained;
      update backfleet.audit_head h set seq = head.seq + 1, hash = chained where chained is not null;
      return null;
    end
  $$;

-- Each change of a flag has a version of its own. The row's lock is held until the commit, so a flag's versions grow in the order of
-- its commits.
create or replace function backfleet.raise_flag_version() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
    begin
      new.version := nextval('backfleet.flag_version');
      new.changed_at := clock_timestamp();
      return new;
    end
  $$;

-- A change of a flag's tenants is a change of the flag.
create or replace function backfleet.raise_version_of_flag() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
    begin
      update backfleet.flag f set version = f.version
      where f.name in (case when tg_op <> 'INSERT' then old.flag end, case when tg_op <> 'DELETE' then new.flag end);
      return null;
    end
  $$;

-- Reads of a migration were switched, or taken back: told with the id of its job.
create or replace function backfleet.note_flag_event() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
    begin
      insert into backfleet.outbox (type, job_id, job_name, before, after, why, who)
      values (case when new.state = 'OFF' then 'migration.rolled-back' else 'migration.switched' end,
              (select m.job_id from backfleet.migration m where m.id = new.migration_id), new.name,
              case when old.state = 'OFF' then 'OFF' else 'ON, ' || trim_scale(old.percent) || ' %' end,
              case when new.state = 'OFF' then 'OFF' else 'ON, ' || trim_scale(new.percent) || ' %' end,
              new.reason, new.changed_by);
      return null;
    end
  $$;

-- The old columns of a migration were renamed, or have their names back: told with the id of its job.
create or replace function backfleet.note_migration_event() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
    begin
      insert into backfleet.outbox (type, job_id, job_name, before, after, why, who)
      select case new.state when 'RENAMED' then 'migration.renamed' else 'migration.renamed-back' end,
             new.job_id, new.name, old.state, new.state, new.contract_why, new.contract_by
      where new.state in ('RENAMED', 'CUT');
      return null;
    end
  $$;

-- The place of a tenant among 10,000 for one flag, 0 to 9,999: the first four bytes of SHA-256 over the flag's name, a zero byte and
-- the tenant, both in UTF-8, as a fraction of 2^32. A tenant is in at a percentage if its bucket is below percent * 100, so who is in
-- at 5 % is in at 25 %. Bucket of the module openfeature computes the same.
create or replace function backfleet.bucket(flag text, tenant text) returns integer
  language sql immutable strict parallel safe
  set search_path = pg_catalog, pg_temp
  as $$
    select (((((get_byte(h, 0)::bigint * 256 + get_byte(h, 1)) * 256 + get_byte(h, 2)) * 256 + get_byte(h, 3)) * 10000) >> 32)::integer
    from (select sha256(convert_to(flag, 'UTF8') || '\x00'::bytea || convert_to(tenant, 'UTF8')) h) s
  $$;

-- Whether a tenant reads the new shape, in the snapshot of the statement that asks. False for a flag that is not there, and for a
-- tenant that is null unless the percentage is 100. In plpgsql, with the text of bucket instead of a call: a function in SQL could not
-- be inlined here, because this one acts with its owner's rights, and each call of one costs as much as all the rest.
create or replace function backfleet.flag(flag text, tenant text) returns boolean
  language plpgsql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
  as $$
    declare
      share numeric;
      own boolean;
      h bytea;
    begin
      select f.percent, t.value into share, own
      from backfleet.flag f left join backfleet.flag_tenant t on t.flag = f.name and t.tenant = flag.tenant
      where f.name = flag.flag and f.state = 'ON';
      if own is not null then
        return own;
      end if;
      if share is null or share = 0 then
        return false;
      end if;
      if share = 100 then
        return true;
      end if;
      if tenant is null then
        return false;
      end if;
      h := sha256(convert_to(flag, 'UTF8') || '\x00'::bytea || convert_to(tenant, 'UTF8'));
      return ((((get_byte(h, 0)::bigint * 256 + get_byte(h, 1)) * 256 + get_byte(h, 2)) * 256 + get_byte(h, 3)) * 10000) >> 32
        < share * 100;
    end
  $$;

-- All flags for those who evaluate them elsewhere. Tenants are told only of flags whose version is not among the known ones; they are
-- null otherwise. The stage is that of the migration for a tenant that reads the old shape: off, dualwrite or complete.
create or replace function backfleet.flag_states(known_flags text[], known_versions bigint[])
  returns table (name text, stage text, state text, percent numeric, version bigint, tenants text[], tenant_values boolean[])
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$
    select f.name,
           case when m.state in ('PLANNED', 'EXPANDED', 'ABORTED') then 'off' when m.state = 'CONTRACTED' then 'complete'
                when m.state is null then 'off' else 'dualwrite' end,
           f.state, f.percent, f.version,
           case when k.version is null then coalesce(t.tenants, '{}') end,
           case when k.version is null then coalesce(t.tenant_values, '{}') end
    from backfleet.flag f
    left join backfleet.migration m on m.id = f.migration_id
    left join unnest(known_flags, known_versions) k (name, version) on k.name = f.name and k.version = f.version
    left join lateral (
      select array_agg(t.tenant order by t.tenant collate "C") tenants, array_agg(t.value order by t.tenant collate "C") tenant_values
      from backfleet.flag_tenant t where t.flag = f.name and k.version is null) t on true
    order by f.name collate "C"
  $$;

-- An instance of an application says which versions it evaluates. What was not said again for an hour is forgotten.
create or replace function backfleet.report_flags(instance text, flags text[], versions bigint[]) returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
  as $$
    delete from backfleet.flag_reader r where r.seen_at < clock_timestamp() - interval '1 hour';
    insert into backfleet.flag_reader as r (instance, flag, version)
    select left(report_flags.instance, 200), f.name, s.version
    from unnest(flags, versions) s (name, version) join backfleet.flag f on f.name = s.name
    order by f.name
    on conflict on constraint flag_reader_pkey do update set version = excluded.version, seen_at = clock_timestamp();
  $$;

-- deploy/postgres/flag-grants.sql grants them to the roles of applications.
revoke execute on function backfleet.bucket(text, text) from public;
revoke execute on function backfleet.flag(text, text) from public;
revoke execute on function backfleet.flag_states(text[], bigint[]) from public;
revoke execute on function backfleet.report_flags(text, text[], bigint[]) from public;

-- Which version this is, for those who connect. SchemaVersion knows the same number.
create or replace function backfleet.version() returns integer language sql immutable as 'select 28';
