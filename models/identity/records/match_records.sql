-- What the matching (ml/matching) compares: of each attribute what the record told
-- last. A device says what the account says that uses it, and is linked by that. An
-- address that links strangers speaks for nobody here either.
{% set attributes = [
    'email', 'phone', 'first_name', 'last_name', 'birth_on', 'street', 'city',
    'postcode'
] %}

with held as (
    select
        identifier_value,
        held_since_at
    from {{ ref('shared_by_many') }}
    where identifier_type = 'email'
    union all
    select
        identifier_value,
        held_since_at
    from {{ ref('shared_by_strangers') }}
    where identifier_type = 'email'
),

attributes as (
    select
        told.* exclude (email),
        case when held.identifier_value is null then told.email end as email
    from {{ ref('record_attributes') }} as told
    inner join {{ ref('as_of') }} as moments
        on told.known_since_at <= moments.as_of_at
    left join held
        on
            told.email = held.identifier_value
            and moments.as_of_at >= held.held_since_at
)

select
    attributes.record_id,
    {% for attribute in attributes -%}
    {{ last_told('attributes.' ~ attribute, 'attributes.known_since_at') }}
        as {{ attribute }},
    {% endfor -%}
    max(attributes.known_since_at) as known_since_at
from attributes
inner join {{ ref('records') }} as records
    on attributes.record_id = records.record_id
where records.source != 'web'
group by attributes.record_id
having count(attributes.first_name) > 0 or count(attributes.last_name) > 0
