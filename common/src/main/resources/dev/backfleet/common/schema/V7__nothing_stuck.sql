-- What keeps rows right and jobs moving: see the sections. Functions are in R__functions.sql.

-- == What waits, and for what ==


-- == Sessions and start ==


-- == Keys and statements ==


-- == Refused rows and errors ==


-- == Partitions and what a job has left out ==


-- == Control, leadership and jobs ==

