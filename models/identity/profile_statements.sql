-- What each record says of its person, in its own spelling; junk is nothing.
with records as (
    select
        record_id,
        'crm' as source,
        email,
        phone,
        first_name,
        last_name,
        birth_on::varchar as birth_on,
        street,
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
        record_id,
        source,
        updated_at,
        {% for attribute in profile_attributes()
            if attribute not in ['email', 'phone'] -%}
        nullif(trim({{ attribute }}), '') as {{ attribute }},
        {% endfor -%}
        -- People are linked by the normalised address, and written to at their own.
        case
            when {{ normalised_email('email') }} like '%@%' then lower(trim(email))
            else {{ normalised_email('email') }}
        end as email,
        case when {{ phone_ending('phone') }} is not null then trim(phone) end
            as phone
    from records
),

usable as (
    select
        tidied.* exclude (email, phone),
        case when junk_email.identifier_value is null then tidied.email end as email,
        case when junk_phone.identifier_value is null then tidied.phone end as phone
    from tidied
    left join {{ ref('junk_identifiers') }} as junk_email
        on
            tidied.email = junk_email.identifier_value
            and junk_email.identifier_type = 'email'
    left join {{ ref('junk_identifiers') }} as junk_phone
        on
            {{ phone_ending('tidied.phone') }} = junk_phone.identifier_value
            and junk_phone.identifier_type = 'phone'
)

select *
from usable
where coalesce({{ profile_attributes() | join(', ') }}) is not null
