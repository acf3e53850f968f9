-- One row per figure worth telling, in the order they are told.
with kept as (
    select * from judged where place = 'shop/order_lines'
)

select 1 as nth, 'purchases beside another of the day' as fact,
    count(*) - count(distinct order_id) as row_count
from kept
union all
select 2, 'purchases equal to another of the day', count(*) from kept where nth > 1
union all
select 3, 'purchases worth nothing', count(*) from kept where amount = 0
order by nth
