-- What the matching (ml/matching) compares: of each attribute what the record told
-- last. A device says what the account says that uses it, and is linked by that.
{% set attributes = [
    'email', 'phone', 'first_name', 'last_name', 'birth_on', 'street', 'city',
    'postcode'
] %}

select
    attributes.record_id,
    {% for attribute in attributes -%}
    {{ last_told('attributes.' ~ attribute, 'attributes.known_since_at') }}
        as {{ attribute }},
    {% endfor -%}
    max(attributes.known_since_at) as known_since_at
from {{ ref('record_attributes') }} as attributes
inner join {{ ref('as_of') }} as moments
    on attributes.known_since_at <= moments.as_of_at
inner join {{ ref('records') }} as records
    on attributes.record_id = records.record_id
where records.source != 'web'
group by attributes.record_id
having count(attributes.first_name) > 0 or count(attributes.last_name) > 0
