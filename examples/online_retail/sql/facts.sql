-- One row per figure worth telling, in the order they are told.
with kept as (
    select * from judged where place in ('shop/order_lines', 'shop/refunds')
),

sold as (
    select * from kept where place = 'shop/order_lines'
),

repeats as (
    select count(*) - count(distinct line_id) as row_count from kept
)

select 1 as nth, 'repeated rows (equal in every column)' as fact, row_count
from repeats
union all
select 2, 'rows without a customer', count(*) from kept where customer_id is null
union all
select 3, 'guest orders', count(distinct invoice_no)
from sold where customer_id is null
union all
select 4, 'orders without revenue', count(*)
from (
    select invoice_no from sold
    group by invoice_no, customer_id having sum(price) = 0
)
union all
select 5, 'free lines', count(*) from sold where price = 0
union all
select 6, 'lines of postage, carriage and manual charges', count(*)
from sold where is_service
union all
select 7, 'invoice numbers used by two buyers', count(*)
from (
    select invoice_no from kept
    group by invoice_no having count(distinct coalesce(customer_id, '')) > 1
)
union all
select 8, 'credit notes joined to their order', count(*) from links
union all
select 9, 'countries without a code', count(distinct country)
from kept where country not in (select name from countries)
order by nth
