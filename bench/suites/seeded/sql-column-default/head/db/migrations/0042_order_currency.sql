-- A constant default is stored once since PostgreSQL 11: no row is written, and older code may leave it out.
alter table orders add column currency char(3) not null default 'EUR';
