-- Whose acts they are, as customers are known now, and why some count for nothing.
with acts as (
    select
        record_id,
        product_id,
        kind,
        occurred_on,
        last_occurred_at,
        act_count,
        cast(null as varchar) as void_reason
    from {{ ref('daily_product_states') }}
    union all by name
    select
        *,
        'bought' as kind
    from {{ ref('bought_products') }}
),

matched as (
    select
        acts.*,
        identity.customer_id,
        case
            when acts.void_reason is not null then acts.void_reason
            when acts.product_id is null then 'no product told'
            when acts.record_id is null then 'nobody told'
            when bots.record_id is not null then 'bot'
            when identity.customer_id is null then 'no customer'
            when products.product_id is null then 'not in the catalogue'
        end as set_aside_reason
    from acts
    left join {{ ref('bot_visitors') }} as bots on acts.record_id = bots.record_id
    left join {{ ref('identity_map') }} as identity
        on acts.record_id = identity.record_id
    left join {{ ref('products_now') }} as products
        on acts.product_id = products.product_id
)

select
    customer_id,
    product_id,
    kind,
    occurred_on,
    set_aside_reason,
    max(last_occurred_at) as occurred_at,
    cast(sum(act_count) as bigint) as act_count
from matched
group by customer_id, product_id, kind, occurred_on, set_aside_reason
