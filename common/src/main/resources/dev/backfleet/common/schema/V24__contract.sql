-- The end of a migration: its old columns are renamed, and then dropped.

alter table backfleet.migration drop constraint migration_state_known;
alter table backfleet.migration add constraint migration_state_known check (state in
  ('PLANNED', 'EXPANDED', 'SYNCED', 'BACKFILLING', 'FINISHED', 'READY', 'CUTTING', 'CUT', 'RENAMED', 'CONTRACTED', 'ABORTED'));

-- A migration that has come to its end frees its name.
drop index backfleet.migration_live_name;
create unique index migration_live_name on backfleet.migration (name) where state not in ('CONTRACTED', 'ABORTED');

alter table backfleet.migration_step drop constraint migration_step_phase_known;
alter table backfleet.migration_step add constraint migration_step_phase_known check (phase in ('EXPAND', 'SYNC', 'FINISH', 'CONTRACT'));

-- What is known about the old shape of a migration before it is dropped.
create table backfleet.migration_contract (
  migration_id     bigint primary key references backfleet.migration on delete cascade,
  observed_at      timestamptz,                          -- when the sync was changed to note who writes the old shape alone
  observed_writers text[],                               -- transactions that wrote the table then: they may go on without noting it
  observed_from    timestamptz,                          -- since when none of these goes on
  statements_since timestamptz,                          -- since when no statement that names an old column was counted
  deallocated      bigint,                               -- how many statements pg_stat_statements had forgotten then
  counted_since    timestamptz,                          -- since when pg_stat_statements counted then
  deployed         text,                                 -- the version of the application that a person has said runs everywhere
  deployed_by      text,
  deployed_at      timestamptz,
  old_names        text[],                               -- of the old columns, in the order of the file
  new_names        text[],                               -- what they are called while the state is RENAMED
  way_back         text[],                               -- the statements that take the renaming back
  renamed_at       timestamptz,
  schedule         jsonb                                 -- the repeated reconcile, which ends with the old names
);

-- Statements that name an old column, with their calls when it was looked last.
create table backfleet.migration_statement (
  migration_id bigint not null references backfleet.migration on delete cascade,
  statement    text not null,                            -- role, database and query id of pg_stat_statements
  calls        bigint not null,
  primary key (migration_id, statement)
);
