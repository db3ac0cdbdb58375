-- A cutover that is watched: what its signals were before a step, and are now. And others are told when reads are switched.

create table backfleet.cutover_watch (
  migration_id bigint primary key references backfleet.migration on delete cascade,
  watch        jsonb not null,                           -- as the leading coordinator goes on with it: CutoverWatch
  seen_at      timestamptz not null default clock_timestamp()
);

-- R__functions.sql has what it does.
create function backfleet.note_flag_event() returns trigger language plpgsql as 'begin return null; end';
create trigger note_flag_event after update of state, percent on backfleet.flag for each row
  when ((old.state, old.percent, old.reason) is distinct from (new.state, new.percent, new.reason))
  execute function backfleet.note_flag_event();
alter table backfleet.flag enable always trigger note_flag_event;
