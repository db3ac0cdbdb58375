-- What a plan has forecast, by a digest of what it has measured, for a submission of the same spec that follows.
create table backfleet.forecast (
  digest   text primary key,
  made_at  timestamptz not null default now(),
  forecast jsonb not null                              -- see SavedForecast
);
create index forecast_made_at on backfleet.forecast (made_at);

-- What a job has cost, beside what was forecast.
create table backfleet.job_cost (
  job_id        bigint primary key references backfleet.job on delete cascade,
  forecast      jsonb,                                 -- see SavedForecast; null: no plan has measured its spec
  forecast_at   timestamptz,                           -- when the plan was made
  wal_bytes     double precision not null default 0,   -- that were written while rows were changed,
  wal_rows      bigint not null default 0,             -- of so many changed rows
  wal_of_server boolean not null default false,        -- whether others' are in it: the server does not count by session
  table_growth  bigint,                                -- bytes since the submission,
  index_growth  bigint,
  kept_bytes    bigint,                                -- and those of the values that it has kept
  measured_at   timestamptz                            -- when that was measured, after its end; null: not yet
);

-- How large the tables of a job were when it was submitted, in bytes; null: not measured.
alter table backfleet.job_relation
  add column table_bytes bigint,
  add column index_bytes bigint;
