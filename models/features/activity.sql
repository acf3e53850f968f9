-- What counts as behaviour of a person: one row a fact, with the moment it was known.
with products as (
    select
        product_id,
        price,
        currency
    from {{ ref('stg_shop__products') }}
)

select
    events.record_id,
    events.event_name as fact,
    events.occurred_at,
    events.received_at as known_at,
    events.occurred_on,
    events.received_on as known_on,
    events.event_name = 'email_link_clicked'
    and products.currency = '{{ var("reporting_currency") }}'
    and products.price >= {{ var('high_value_price') }} as is_high_value_click,
    events.is_activity
from {{ ref('events') }} as events
left join products on events.product_id = products.product_id
where
    events.record_id is not null
    and (events.is_human or events.is_bot)
