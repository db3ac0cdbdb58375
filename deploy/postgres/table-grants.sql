-- For each table to be backfilled; here public.accounts, whose key is (tenant_id, id) and whose column balance is set
-- from its own old value. By column: a grant on the whole table would also allow to lock it.

grant usage on schema public to backfleet_coordinator, backfleet_worker;
-- Read: the key, the tenant, and every column that an expression or "where" names.
grant select (tenant_id, id, balance) on public.accounts to backfleet_coordinator, backfleet_worker;
-- A reconcile reads when a row was written, and the columns that were set.
grant select (xmin) on public.accounts to backfleet_coordinator, backfleet_worker;
-- Written: what "set" names. The coordinator itself never writes; PostgreSQL requires the privilege to explain the statement, and
-- 'backfleet quarantine --retry' changes rows with the role that runs it.
grant update (balance) on public.accounts to backfleet_coordinator, backfleet_worker;
