-- By when a job is to be done, until when a pause of the fleet took, and what is wrong with the file of webhooks.

alter table backfleet.job add column deadline timestamptz;               -- as the spec says; null: it says none

alter table backfleet.control
  add column quiet_at timestamptz,                                       -- of a pause of the fleet: when it was confirmed that no row changes
  add column quiet_seconds double precision;                             -- how long that took; null once the leader has counted it

alter table backfleet.leader
  add column webhooks_rejected text,                                     -- why the leader's file of webhooks is not in effect; null: it is
  add column webhooks_rejected_at timestamptz;
