-- What happens to jobs and to the fleet is told to others: on a topic, and to webhooks. See docs/events.md.

-- Written in the transaction that changes the state, by triggers; no foreign key, since an event outlives its job until it is told.
create table backfleet.outbox (
  id           bigint generated always as identity primary key,
  at           timestamptz not null default clock_timestamp(),
  type         text not null,                            -- see EventType; reconcile: until its verdict was asked for
  job_id       bigint,                                   -- null: of the fleet
  job_name     text,
  before       text,
  after        text,
  why          text,
  who          text,                                     -- if it is known when it is written; else the audit has it
  xact         xid8 not null default pg_current_xact_id(),
  data         text,                                     -- what is told, as JSON: written once, by the leader
  completed_at timestamptz,
  published_at timestamptz,                              -- when the topic had it
  constraint outbox_completed_once check ((data is null) = (completed_at is null)),
  constraint outbox_published_complete check (published_at is null or data is not null)
);
create index outbox_incomplete on backfleet.outbox (id) where data is null;
create index outbox_unpublished on backfleet.outbox (id) where published_at is null;
create index outbox_job on backfleet.outbox (job_id, id);

-- The endpoints that the leader has read from its file of webhooks, and how they fare.
create table backfleet.webhook (
  name          text primary key,
  place         text not null,                           -- scheme and host; the rest of a URL may be a secret
  format        text not null,
  types         text[] not null,
  gone_at       timestamptz,                             -- when the file no longer had it
  delivered_at  timestamptz,                             -- the last success
  failing_since timestamptz,                             -- the first failure since then
  failure       text,                                    -- the last one
  disabled_at   timestamptz
);

create table backfleet.webhook_delivery (
  id           bigint generated always as identity primary key,
  webhook      text not null,
  event        bigint,                                   -- in the outbox; null: a test
  job_id       bigint,                                   -- whose deliveries keep their order; null: of the fleet, or a test
  digest       text,                                     -- of what at most one is sent in 15 minutes for each job; keeps no order
  events       integer not null default 1,               -- how many it tells of
  created_at   timestamptz not null default clock_timestamp(),
  not_before   timestamptz not null default clock_timestamp(),
  attempts     integer not null default 0,
  attempted_at timestamptz,
  state        text not null default 'PENDING',
  outcome      text,                                     -- of the last attempt
  constraint webhook_delivery_state_known check (state in ('PENDING', 'DELIVERED', 'FAILED'))
);
create index webhook_delivery_pending on backfleet.webhook_delivery (webhook, id) where state = 'PENDING';
create index webhook_delivery_job on backfleet.webhook_delivery (webhook, job_id, id);

-- R__functions.sql has what these do.
create function backfleet.note_throttle_event() returns trigger language plpgsql as 'begin return null; end';
create function backfleet.note_fleet_event() returns trigger language plpgsql as 'begin return null; end';

create trigger note_new_job after insert on backfleet.job for each row execute function backfleet.note_job_event();
alter table backfleet.job enable always trigger note_new_job;
create trigger note_throttle after update of factor on backfleet.job for each row
  when ((old.factor = 1) <> (new.factor = 1)) execute function backfleet.note_throttle_event();
alter table backfleet.job enable always trigger note_throttle;
create trigger note_fleet_event after insert or update of state on backfleet.control for each row
  when (new.scope = 'fleet') execute function backfleet.note_fleet_event();
alter table backfleet.control enable always trigger note_fleet_event;
