-- Tenants that stand still, waves that a job goes through, and shards that are split while they are worked on.
--
-- A point in the key space (lower, upper, cursor) is written with the texts of all key columns; or, where the tenant
-- leads a key of several columns, with the tenant's alone: that is the point after its last row, whatever rows it gets.

alter table backfleet.shard
  add column held boolean not null default false,        -- its tenant is paused: it is not dispatched
  add column wave integer not null default 1;            -- it is dispatched when its job has come to this wave

alter table backfleet.job
  add column rollout      jsonb,                         -- the waves of the spec; null: all at once
  add column wave         integer not null default 1,    -- shards up to this wave may be dispatched
  add column wave_done_at timestamptz,                   -- since when no shard of them is open
  add constraint job_wave_positive check (wave > 0);

alter table backfleet.shard
  add constraint shard_held_is_idle check (not held or state not in ('DISPATCHED', 'RUNNING'));
