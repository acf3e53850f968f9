{% set caps = var('identifier_cap') %}

with ranked as (
    select
        *,
        row_number() over (
            partition by identifier_type, identifier_value
            order by known_since_at, record_id
        ) as arrival
    from {{ ref('identifiers') }}
),

-- A value that too many records share identifies nobody, since the one too many.
capped as (
    select
        identifier_type,
        identifier_value,
        min(record_id) filter (where arrival = 1) as first_record_id,
        min(known_since_at) filter (
            where arrival > case identifier_type
                {% for type, cap in caps.items() -%}
                when '{{ type }}' then {{ cap }}
                {% endfor -%}
            end
        ) as retracted_at
    from ranked
    group by identifier_type, identifier_value
    having count(*) > 1
)

select
    capped.first_record_id as left_record_id,
    ranked.record_id as right_record_id,
    ranked.identifier_type as rule,
    md5(ranked.identifier_value) as evidence_hash,
    ranked.known_since_at,
    capped.retracted_at
from capped
inner join ranked
    on
        capped.identifier_type = ranked.identifier_type
        and capped.identifier_value = ranked.identifier_value
where ranked.arrival > 1
