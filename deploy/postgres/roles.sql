-- Once per database, by an administrator, before the first coordinator starts. Passwords come after it, with \password.

-- Owns the control schema, submits and plans jobs.
create role backfleet_coordinator login;
-- Its throttle reads other roles' sessions and the standbys: a signal that it may not read throttles the jobs.
grant pg_read_all_stats to backfleet_coordinator;
-- Changes rows. It cannot submit a job, nor change what a job does.
create role backfleet_worker login;

create schema backfleet authorization backfleet_coordinator;
grant usage on schema backfleet to backfleet_worker;
