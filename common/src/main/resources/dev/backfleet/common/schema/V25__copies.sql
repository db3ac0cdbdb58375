-- What a reconcile of a job that copies rows has found in the table that takes the copies.

alter table backfleet.job add column orphans bigint;                     -- copies that are of no row, counted up to 1,000; null: not counted
