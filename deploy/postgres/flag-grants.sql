-- What an application needs of Backfleet to ask for the flag of a migration; here the role app. Once per role, when the first
-- coordinator has created its tables. None of it lets the role read or write a table of the control schema.
grant usage on schema backfleet to app;
-- In statements: where backfleet.flag('split-names', tenant_id::text).
grant execute on function backfleet.flag(text, text) to app;
-- For the OpenFeature provider, which asks once a second for all flags.
grant execute on function backfleet.flag_states(text[], bigint[]) to app;
-- So that 'rollback' can say which instances have seen it. Without it the provider works as well.
grant execute on function backfleet.report_flags(text, text[], bigint[]) to app;
