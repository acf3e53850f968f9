-- One row per figure worth telling, in the order they are told.
with buyers as (
    select order_id, count(distinct coalesce(email, client_id)) as buyer_count
    from facets
    where order_id is not null
    group by order_id
),

distinct_rows as (
    select distinct raw from parsed where reason is null
)

select 1 as nth, 'repeated rows (equal in every column)' as fact,
    (select count(*) from facets) - (select count(*) from distinct_rows) as row_count
union all
select 2, 'visitors', count(distinct client_id) from facets
union all
select 3, 'rows without a visitor', count(*) from facets where client_id is null
union all
select 4, 'product views', count(*)
from facets where kind = 'page_viewed' and product_handle is not null
union all
select 5, 'additions to a cart whose page names no product', count(*)
from facets where kind = 'product_added_to_cart' and product_handle is null
union all
select 6, 'e-mail addresses (hashed)', count(distinct email) from facets
union all
select 7, 'completed checkouts', count(*)
from facets where kind = 'checkout_completed'
union all
select 8, 'completed checkouts without revenue', count(*)
from facets where kind = 'checkout_completed' and revenue = 0
union all
select 9, 'completed checkouts without an order id or an amount', count(*)
from facets
where kind = 'checkout_completed' and (order_id is null or revenue is null)
union all
select 10, 'order ids used by two buyers', count(*)
from buyers where buyer_count > 1
union all
select 11, 'rows whose event_data is broken (kept without it)', count(*)
from facets where has_broken_data
order by nth
