-- What is told of a migration beside its state: why the last command that was to take a migration on could not; null: it could, or is at work.
alter table backfleet.migration
  add column refused_kind   text,                       -- such as GATE_CLOSED
  add column refused_what   text,
  add column refused_remedy text,                       -- null: refused_what says it, or nothing can be done
  add column refused_at     timestamptz,
  add column contract_by    text,                       -- who has renamed the old columns last, or given them their names back
  add column contract_why   text;                       -- why, if nobody has asked for it

-- R__functions.sql has what it does: others are told.
create function backfleet.note_migration_event() returns trigger language plpgsql as 'begin return null; end';

create trigger note_event after update of state on backfleet.migration for each row
  when (old.state <> new.state and 'RENAMED' in (old.state, new.state)) execute function backfleet.note_migration_event();
alter table backfleet.migration enable always trigger note_event;
