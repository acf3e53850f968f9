-- What each record says of its person, in its own spelling; junk is nothing. What a
-- device says on which several people log in is nobody's, and what a person denied to
-- somebody is not theirs.
with denied as (
    select * from {{ ref('denied_statements') }}
),

told as (
    select
        stated.* replace (
            case when emails.record_id is null then stated.email end as email,
            case when phones.record_id is null then stated.phone end as phone
        )
    from {{ ref('stated_attributes') }} as stated
    cross join {{ ref('as_of') }} as moments
    left join {{ ref('shared_devices') }} as devices
        on
            stated.record_id = devices.record_id
            and moments.as_of_at >= devices.shared_since_at
    left join denied as emails
        on
            stated.record_id = emails.record_id
            and stated.email = emails.stated_value
            and emails.identifier_type = 'email'
    left join denied as phones
        on
            stated.record_id = phones.record_id
            and stated.phone = phones.stated_value
            and phones.identifier_type = 'phone'
    where
        devices.record_id is null
        and {{ is_known_by_clock('stated.known_since_at') }}
),

tidied as (
    select
        record_id,
        source,
        last_told_at as updated_at,
        {% for attribute in profile_attributes()
            if attribute not in ['email', 'phone', 'birth_on'] -%}
        nullif(trim({{ attribute }}::varchar), '') as {{ attribute }},
        {% endfor -%}
        -- People are linked by the normalised address, and written to at their own.
        case
            when {{ normalised_email('email') }} like '%@%' then lower(trim(email))
            else {{ normalised_email('email') }}
        end as email,
        case when {{ phone_ending('phone') }} is not null then trim(phone) end
            as phone,
        birth_on::varchar as birth_on
    from told
),

usable as (
    select
        tidied.* exclude (email, phone, birth_on),
        case when junk_email.identifier_value is null then tidied.email end as email,
        case when junk_phone.identifier_value is null then tidied.phone end as phone,
        case when junk_date.identifier_value is null then tidied.birth_on end
            as birth_on
    from tidied
    left join {{ ref('junk_identifiers') }} as junk_email
        on
            {{ normalised_email('tidied.email') }} = junk_email.identifier_value
            and junk_email.identifier_type = 'email'
    left join {{ ref('junk_identifiers') }} as junk_phone
        on
            {{ phone_ending('tidied.phone') }} = junk_phone.identifier_value
            and junk_phone.identifier_type = 'phone'
    left join {{ ref('junk_identifiers') }} as junk_date
        on
            tidied.birth_on = junk_date.identifier_value
            and junk_date.identifier_type = 'birth_date'
)

select *
from usable
where coalesce({{ profile_attributes() | join(', ') }}) is not null
