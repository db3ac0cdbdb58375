-- The new shape of a shipment is a table of its own, one row for each order.
create table public.shipments (
  id bigint generated always as identity primary key,
  order_id bigint not null unique references public.orders (id),
  address text not null,
  carrier text,
  shipped_on date
);

alter table public.orders add column shipment_id bigint;
