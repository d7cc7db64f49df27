alter table orders add column currency char(3);

update orders set currency = 'EUR';

alter table orders alter column currency set not null;
