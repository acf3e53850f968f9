-- Of the looks, carts and purchases of products, none is lost on the way to the advice.
with acts as (
    select act_count from {{ ref('daily_product_states') }}
    union all
    select act_count from {{ ref('bought_products') }}
),

counted as (
    select coalesce(sum(act_count), 0) as act_count from acts
),

told as (
    select coalesce(sum(act_count), 0) as act_count
    from {{ ref('interaction_reconciliation') }}
)

select
    counted.act_count as counted,
    told.act_count as told
from counted
cross join told
where counted.act_count != told.act_count
