-- An order id used by two buyers is two orders. On the web a buyer is a visitor; where
-- two of them turn out to be one customer, the order counts once.
with told as (
    select
        'shop' as source,
        order_id,
        order_key as buyer_key,
        load_seq
    from {{ ref('shop_orders') }}
    union all
    select
        'web' as source,
        order_id,
        visitor_id as buyer_key,
        load_seq
    from {{ ref('web_events') }}
    where
        order_id is not null
        and event_name = 'order_completed'
        and visitor_id is not null
),

compared as (
    select
        *,
        min(buyer_key) over (partition by source, order_id)
        < max(buyer_key) over (partition by source, order_id) as has_other_buyer
    from told
)

select
    compared.source,
    compared.order_id,
    md5(compared.order_id || '|' || compared.buyer_key) as order_version_id,
    'other_buyer' as reason,
    files.path,
    compared.load_seq
from compared
inner join {{ ref('landed_files') }} as files on compared.load_seq = files.load_seq
where compared.has_other_buyer
