with visitors as (
    select
        visitor_id as record_id,
        'web' as source,
        min(received_at) as first_received_at
    from {{ ref('web_events') }}
    where visitor_id is not null
    group by visitor_id
),

shop_customers as (
    select
        record_id,
        'shop' as source,
        created_at as first_received_at
    from {{ ref('shop_customers') }}
    union all
    select
        record_id,
        'shop' as source,
        created_at as first_received_at
    from {{ ref('shop_orders') }}
    where record_id is not null
    union all
    select
        record_id,
        'shop' as source,
        created_at as first_received_at
    from {{ ref('shop_refunds') }}
    where record_id is not null
),

subscribers as (
    select
        record_id,
        'esp' as source,
        created_at as first_received_at
    from {{ ref('esp_subscribers') }}
    union all
    select
        subscriber_id as record_id,
        'esp' as source,
        received_at as first_received_at
    from {{ ref('esp_events') }}
),

contacts as (
    select
        record_id,
        'crm' as source,
        created_at as first_received_at
    from {{ ref('stg_crm__contacts') }}
),

unioned as (
    select * from visitors
    union all
    select * from shop_customers
    union all
    select * from subscribers
    union all
    select * from contacts
)

select
    record_id,
    source,
    min(first_received_at) as first_received_at
from unioned
group by record_id, source
