-- What each source record says of its person, one attribute a row.
with records as (
    select
        record_id,
        'crm' as source,
        email,
        phone,
        first_name,
        last_name,
        birth_on::varchar as birth_on,
        city,
        postcode,
        country_code,
        updated_at
    from {{ ref('stg_crm__contacts') }}
    union all by name
    select
        record_id,
        'shop' as source,
        email,
        phone,
        first_name,
        last_name,
        birth_on::varchar as birth_on,
        city,
        postcode,
        country_code,
        updated_at
    from {{ ref('shop_customers') }}
    union all by name
    select
        record_id,
        'esp' as source,
        email,
        phone,
        first_name,
        last_name,
        updated_at
    from {{ ref('esp_subscribers') }}
    union all by name
    select
        subscriber_id as record_id,
        'esp' as source,
        email,
        max(received_at) as updated_at
    from {{ ref('esp_events') }}
    group by subscriber_id, email
    union all by name
    select
        record_id,
        'shop' as source,
        email,
        max(created_at) as updated_at
    from {{ ref('shop_orders') }}
    where record_id is not null and email is not null
    group by record_id, email
    union all by name
    select
        visitor_id as record_id,
        'web' as source,
        email,
        phone,
        first_name,
        last_name,
        max(received_at) as updated_at
    from {{ ref('web_events') }}
    where visitor_id is not null
    group by visitor_id, email, phone, first_name, last_name
),

tidied as (
    select
        * exclude (email, phone),
        -- People are linked by the normalised address, and written to at their own.
        case
            when {{ normalised_email('email') }} like '%@%' then lower(trim(email))
            else {{ normalised_email('email') }}
        end as email,
        case when {{ phone_ending('phone') }} is not null then trim(phone) end
            as phone
    from records
),

claims as (
    unpivot tidied
    on email, phone, first_name, last_name, birth_on, city, postcode, country_code
    into name attribute value attribute_value
)

select
    claims.record_id,
    claims.source,
    claims.attribute,
    claims.attribute_value,
    claims.updated_at
from claims
left join {{ ref('junk_identifiers') }} as junk
    on
        claims.attribute = junk.identifier_type
        and coalesce({{ phone_ending('claims.attribute_value') }}, '')
        = junk.identifier_value
        and junk.identifier_type = 'phone'
left join {{ ref('junk_identifiers') }} as junk_email
    on
        claims.attribute = junk_email.identifier_type
        and claims.attribute_value = junk_email.identifier_value
        and junk_email.identifier_type = 'email'
where
    trim(claims.attribute_value) != ''
    and junk.identifier_value is null
    and junk_email.identifier_value is null
