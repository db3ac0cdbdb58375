-- The audit: who is behind a row and why, and a chain of hashes by which a changed or deleted row is found.

-- A row is never changed, not even when its job is deleted.
alter table backfleet.audit drop constraint audit_job_id_fkey;
alter table backfleet.audit
  add column via        text,       -- cli, topic or auto; null: a release before did not store it
  add column client     text,       -- the user and host of the command, as it says itself
  add column remote     text,       -- the address from which the session came, as PostgreSQL sees it; null: a Unix socket
  add column reason     text,
  add column request_id text,       -- the same in all rows of a command
  add column seq        bigint,     -- the place in the chain
  add column hash       bytea;      -- see backfleet.audit_hash
alter table backfleet.audit
  alter column role set default session_user,
  alter column remote set default host(inet_client_addr());
create unique index audit_seq on backfleet.audit (seq);

-- The end of the chain.
create table backfleet.audit_head (
  one  boolean primary key default true check (one),
  seq  bigint not null,
  hash bytea not null
);
insert into backfleet.audit_head (seq, hash) values (0, decode(repeat('00', 32), 'hex'));

-- The hash of a row of the audit at its place in the chain: SHA-256 over the hash of the row before it and the fields of this
-- one, each with its length, so that no two rows have the same text. 'backfleet audit --verify' computes it on its own (AuditChain).
create function backfleet.audit_hash(previous bytea, place bigint, a backfleet.audit) returns bytea
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
create function backfleet.chain_audit() returns trigger
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

-- The rows of before, in the order in which they were written.
do $$
  declare
    one bigint;
    head backfleet.audit_head;
    chained bytea;
  begin
    select * into head from backfleet.audit_head;
    for one in select id from backfleet.audit order by id loop
      head.seq := head.seq + 1;
      update backfleet.audit a set seq = head.seq, hash = backfleet.audit_hash(head.hash, head.seq, a)
      where a.id = one returning a.hash into chained;
      head.hash := chained;
    end loop;
    update backfleet.audit_head set seq = head.seq, hash = head.hash;
  end
$$;

create constraint trigger chain_audit after insert on backfleet.audit deferrable initially deferred for each row
  execute function backfleet.chain_audit();
alter table backfleet.audit enable always trigger chain_audit;
