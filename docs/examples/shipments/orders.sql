-- A table in the old shape, to try the example on.
create table public.orders (
  id bigint primary key,
  customer_id bigint not null,
  ship_address text not null,
  ship_carrier text not null default '',
  shipped_on date
);

insert into public.orders
select i, i % 1000, ' ' || i || ' Main Street', case when i % 3 = 0 then '' else 'dhl' end, date '2026-01-01' + (i % 300)::integer
from generate_series(1, 200000) i;

vacuum analyze public.orders;
