-- What each record says of its person, spelled as its source spells it: since when it
-- is known, and when the record was last seen with it by the clock of the run.
with shop_customers as (
    select
        'shop' as source,
        record_id,
        user_id,
        email,
        phone,
        first_name,
        last_name,
        birth_on,
        city,
        postcode,
        country_code,
        updated_at as known_since_at,
        updated_at as last_told_at
    from {{ ref('shop_customers') }}
),

orders as (
    select distinct
        'shop' as source,
        record_id,
        user_id,
        email,
        created_at as known_since_at,
        created_at as last_told_at
    from {{ ref('shop_orders') }}
    where record_id is not null
),

subscribers as (
    select
        'esp' as source,
        record_id,
        email,
        phone,
        first_name,
        last_name,
        updated_at as known_since_at,
        updated_at as last_told_at
    from {{ ref('esp_subscribers') }}
    union all by name
    select
        'esp' as source,
        subscriber_id as record_id,
        email,
        min(received_at) as known_since_at,
        max(received_at) filter (where {{ is_known_by_clock('received_at') }})
            as last_told_at
    from {{ ref('esp_events') }}
    group by subscriber_id, email
),

contacts as (
    select
        'crm' as source,
        record_id,
        email,
        phone,
        first_name,
        last_name,
        birth_on,
        street,
        city,
        postcode,
        country_code,
        updated_at as known_since_at,
        updated_at as last_told_at
    from {{ ref('stg_crm__contacts') }}
),

visitors as (
    select
        'web' as source,
        visitor_id as record_id,
        user_id,
        email,
        phone,
        first_name,
        last_name,
        min(received_at) as known_since_at,
        max(received_at) filter (where {{ is_known_by_clock('received_at') }})
            as last_told_at
    from {{ ref('web_events') }}
    where
        visitor_id is not null
        and (user_id is not null or email is not null or phone is not null)
    group by visitor_id, user_id, email, phone, first_name, last_name
),

unioned as (
    select * from shop_customers
    union all by name
    select * from orders
    union all by name
    select * from subscribers
    union all by name
    select * from contacts
    union all by name
    select * from visitors
)

select * from unioned
