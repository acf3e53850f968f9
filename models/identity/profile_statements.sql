-- What each record says of its person, in its own spelling; junk is nothing.
with tidied as (
    select
        record_id,
        source,
        last_told_at as updated_at,
        {% for attribute in profile_attributes()
            if attribute not in ['email', 'phone'] -%}
        nullif(trim({{ attribute }}::varchar), '') as {{ attribute }},
        {% endfor -%}
        -- People are linked by the normalised address, and written to at their own.
        case
            when {{ normalised_email('email') }} like '%@%' then lower(trim(email))
            else {{ normalised_email('email') }}
        end as email,
        case when {{ phone_ending('phone') }} is not null then trim(phone) end
            as phone
    from {{ ref('stated_attributes') }}
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
