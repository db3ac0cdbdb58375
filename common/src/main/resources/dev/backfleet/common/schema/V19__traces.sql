-- The span of the command that has submitted the job, as in the W3C's header traceparent; null: it made none.
alter table backfleet.job add column traceparent text;
