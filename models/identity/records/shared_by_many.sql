-- Values of more records than one person has.
with ranked as (
    select
        *,
        {{ cap_of(var('identifier_cap')) }} as cap,
        row_number() over (
            partition by identifier_type, identifier_value
            order by known_since_at, record_id
        ) as arrival
    from {{ ref('identifiers') }}
)

select
    identifier_type,
    identifier_value,
    'too many records' as reason,
    cap,
    min(known_since_at) as held_since_at
from ranked
where arrival > cap
group by identifier_type, identifier_value, cap
