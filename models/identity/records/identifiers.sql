with claims as (
    select
        record_id,
        known_since_at,
        'email' as identifier_type,
        email as identifier_value
    from {{ ref('record_attributes') }}
    union all
    select
        record_id,
        known_since_at,
        'user_id' as identifier_type,
        user_id as identifier_value
    from {{ ref('record_attributes') }}
    union all
    select
        record_id,
        known_since_at,
        'phone_first_name' as identifier_type,
        phone || '|' || first_name as identifier_value
    from {{ ref('record_attributes') }}
    union all
    select
        record_id,
        known_since_at,
        'name_birth_date' as identifier_type,
        first_name || '|' || last_name || '|' || birth_on as identifier_value
    from {{ ref('record_attributes') }}
    union all
    select
        record_id,
        known_since_at,
        'name_postcode' as identifier_type,
        first_name || '|' || last_name || '|' || postcode as identifier_value
    from {{ ref('record_attributes') }}
    union all
    -- A device that a checkout names belongs to the buyer of the order.
    select
        record_id,
        created_at as known_since_at,
        'device' as identifier_type,
        client_id as identifier_value
    from {{ ref('shop_orders') }}
    where record_id is not null
    union all
    select
        visitor_id as record_id,
        min(received_at) as known_since_at,
        'device' as identifier_type,
        anonymous_id as identifier_value
    from {{ ref('web_events') }}
    where anonymous_id is not null
    group by visitor_id, anonymous_id
)

select
    record_id,
    identifier_type,
    identifier_value,
    min(known_since_at) as known_since_at
from claims
where identifier_value is not null
group by record_id, identifier_type, identifier_value
