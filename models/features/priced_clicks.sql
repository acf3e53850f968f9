-- Clicks on a dear product, by the price that was known when the click arrived: a new
-- price rewrites no past.
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
    from {{ ref('shop_product_versions') }}
    window versions as (partition by product_id order by updated_at)
)

select events.event_id
from {{ ref('events') }} as events
inner join products
    on
        events.product_id = products.product_id
        and events.received_at >= products.valid_from_at
        and events.received_at < products.valid_until_at
where
    events.event_name = 'email_link_clicked'
    and events.is_human
    and products.currency = '{{ var("reporting_currency") }}'
    and products.price >= {{ var('high_value_price') }}
