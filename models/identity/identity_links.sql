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
shared as (
    select
        identifier_type,
        identifier_value,
        min(known_since_at) filter (
            where arrival > case identifier_type
                {% for type, cap in caps.items() -%}
                when '{{ type }}' then {{ cap }}
                {% endfor -%}
            end
        ) as retracted_at
    from ranked
    group by identifier_type, identifier_value
    having
        count(*) > 1
        -- An account says who a record cannot be, and a person may name any value.
        or identifier_type = 'user_id'
        or md5(identifier_type || '|' || identifier_value) in (
            select named.evidence_hash from {{ ref('identity_named_values') }} as named
        )
)

-- A record is linked to the value itself, not to another record: so the records of a
-- value stay together when one of them turns out to be nobody's.
select
    ranked.record_id,
    ranked.identifier_type as rule,
    md5(ranked.identifier_type || '|' || ranked.identifier_value) as evidence_hash,
    ranked.known_since_at,
    shared.retracted_at
from shared
inner join ranked
    on
        shared.identifier_type = ranked.identifier_type
        and shared.identifier_value = ranked.identifier_value
