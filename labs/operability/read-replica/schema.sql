create extension pg_stat_statements;

create table reviews (
  id bigserial primary key,
  product text not null,
  customer text not null,
  body text not null,
  written_at timestamptz not null default now()
);

create index on reviews (product, id);

grant select, insert on reviews to app;

grant usage on sequence reviews_id_seq to app;

insert into reviews (product, customer, body)
select 'p' || (n % 20), 'c' || (1000 + n), 'bought it again, number ' || n from generate_series(0, 199) n;

