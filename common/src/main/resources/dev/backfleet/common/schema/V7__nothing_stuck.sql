-- What keeps rows right and jobs moving: see the sections. Functions are in R__functions.sql.

-- == What waits, and for what ==


-- == Sessions and start ==


-- == Keys and statements ==

-- The labels of the enums in a job's key when it was submitted, by OID: keys travel as text, and labels can be renamed.
alter table backfleet.job add column key_labels jsonb;


-- == Refused rows and errors ==

-- How long one row alone may take, in seconds, before it is quarantined.
alter table backfleet.job
  add column row_timeout double precision not null default 1.5,
  add constraint job_row_timeout_positive check (row_timeout > 0);


-- == Partitions and what a job has left out ==


-- == Control, leadership and jobs ==

