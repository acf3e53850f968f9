-- An order that names no device has left no trace on the web: it is an act by itself.
select
    record_id,
    order_key as event_id,
    'order_placed' as fact,
    ordered_at as occurred_at,
    known_since_at as known_at,
    ordered_on as occurred_on,
    {{ shop_date('known_since_at') }} as known_on,
    false as is_high_value_click,
    true as is_activity
from {{ ref('orders') }}
where
    source = 'shop'
    and visitor_id is null
    and record_id is not null
    and not is_test
