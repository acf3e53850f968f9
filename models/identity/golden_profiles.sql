with customers as (
    select
        customer_id,
        max(as_of_at) as as_of_at,
        min(first_received_at) as first_received_at,
        count(*) as record_count
    from {{ ref('identity_map') }}
    group by customer_id
),

survivors as (
    select
        {% for attribute in profile_attributes() -%}
        max(attribute_value) filter (where attribute_name = '{{ attribute }}')
            as {{ attribute }},
        {% endfor -%}
        customer_id
    from {{ ref('profile_lineage') }}
    group by customer_id
)

select
    customers.customer_id,
    customers.as_of_at,
    customers.first_received_at,
    customers.record_count,
    survivors.email,
    survivors.phone,
    survivors.first_name,
    survivors.last_name,
    cast(survivors.birth_on as date) as birth_on,
    survivors.street,
    survivors.city,
    survivors.postcode,
    survivors.country_code,
    coalesce(
        survivors.email, survivors.phone, survivors.last_name
    ) is not null as is_identified,
    coalesce(consents.has_email_consent, false) as has_email_consent,
    coalesce(consents.has_sms_consent, false) as has_sms_consent,
    -- A hashed address identifies, and reaches nobody.
    coalesce(survivors.email like '%@%', false)
    and coalesce(consents.has_email_consent, false)
    and email_refusals.customer_id is null as is_email_reachable,
    survivors.phone is not null
    and coalesce(consents.has_sms_consent, false)
    and sms_refusals.customer_id is null as is_sms_reachable
from customers
left join survivors on customers.customer_id = survivors.customer_id
left join {{ ref('consents') }} as consents
    on customers.customer_id = consents.customer_id
left join {{ ref('refused_elsewhere') }} as email_refusals
    on
        customers.customer_id = email_refusals.customer_id
        and email_refusals.channel = 'email'
left join {{ ref('refused_elsewhere') }} as sms_refusals
    on
        customers.customer_id = sms_refusals.customer_id
        and sms_refusals.channel = 'sms'
