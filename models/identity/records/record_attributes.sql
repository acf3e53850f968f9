-- One spelling for each attribute; what is nobody's stands apart, in held_*. Phones and
-- postcodes belong to a country: to the record's, or where it tells none to the shop's.
with placed as (
    select
        stated.*,
        coalesce(
            countries.country_code,
            upper(stated.country_code),
            '{{ var("shop_country") }}'
        ) as home_country
    from {{ ref('stated_attributes') }} as stated
    left join {{ ref('country_names') }} as countries
        on lower(stated.country_code) = countries.country
),

spelled as (
    select
        placed.record_id,
        placed.user_id,
        placed.email as stated_email,
        placed.phone as stated_phone,
        placed.birth_on,
        placed.known_since_at,
        {{ one_mailbox(normalised_email('placed.email'), 'mailboxes') }} as email,
        {{ e164('placed.phone', 'codes.calling_code', 'codes.trunk_prefix') }} as phone,
        {{ phone_ending('placed.phone') }} as phone_ending,
        {{ normalised_name('placed.first_name') }} as first_name,
        {{ normalised_name('placed.last_name') }} as last_name,
        {{ normalised_street('placed.street') }} as street,
        {{ normalised_name('placed.city') }} as city,
        placed.home_country || ' ' || {{ normalised_postcode('placed.postcode') }}
            as postcode
    from placed
    left join {{ ref('calling_codes') }} as codes
        on placed.home_country = codes.country_code
    left join {{ ref('mailboxes') }} as mailboxes
        on lower(split_part(trim(placed.email), '@', 2)) = mailboxes.domain
)

select
    spelled.record_id,
    spelled.user_id,
    spelled.stated_email,
    spelled.stated_phone,
    spelled.known_since_at,
    spelled.first_name,
    spelled.last_name,
    spelled.street,
    spelled.city,
    spelled.postcode,
    case when junk_email.identifier_value is null then spelled.email end as email,
    case when junk_phone.identifier_value is null then spelled.phone end as phone,
    junk_email.identifier_value as held_email,
    case when junk_date.identifier_value is null then spelled.birth_on end as birth_on,
    junk_phone.identifier_value as held_phone,
    junk_date.identifier_value as held_birth_date
from spelled
left join {{ ref('junk_identifiers') }} as junk_email
    on
        spelled.email = junk_email.identifier_value
        and junk_email.identifier_type = 'email'
left join {{ ref('junk_identifiers') }} as junk_phone
    on
        spelled.phone_ending = junk_phone.identifier_value
        and junk_phone.identifier_type = 'phone'
left join {{ ref('junk_identifiers') }} as junk_date
    on
        spelled.birth_on::varchar = junk_date.identifier_value
        and junk_date.identifier_type = 'birth_date'
