-- What counts as behaviour of a person: one row a fact, with the moment it was known.
-- Prices as they were known when the click arrived: a new price rewrites no past.
with products as (
    select
        product_id,
        price,
        currency,
        case
            when row_number() over versions = 1 then timestamp '0001-01-01'
            else updated_at
        end as valid_from_at,
        lead(updated_at, 1, timestamp '9999-12-31') over versions as valid_until_at
    from {{ ref('stg_shop__product_versions') }}
    window versions as (partition by product_id order by updated_at)
),

-- An order that names no device has left no trace on the web: it is an act by itself.
orders as (
    select
        record_id,
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
left join products
    on
        events.product_id = products.product_id
        and events.received_at >= products.valid_from_at
        and events.received_at < products.valid_until_at
where
    events.record_id is not null
    and (events.is_human or events.is_bot)
union all
select * from orders
