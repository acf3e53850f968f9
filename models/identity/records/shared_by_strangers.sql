-- Values whose records tell of people that cannot be one: by the first letter of the
-- last name, which slips of the hand and forms of a first name leave alone, and by the
-- date of birth, of which a slip changes two characters at most.
with shared as (
    select
        identifier_type,
        identifier_value
    from {{ ref('identifiers') }}
    group by identifier_type, identifier_value
    having count(*) > 1
),

people as (
    select
        identifiers.identifier_type,
        identifiers.identifier_value,
        left(attributes.last_name, 1) as initial,
        cast(attributes.birth_on as varchar) as birth_on,
        greatest(identifiers.known_since_at, attributes.known_since_at)
            as known_since_at
    from {{ ref('identifiers') }} as identifiers
    inner join shared
        on
            identifiers.identifier_type = shared.identifier_type
            and identifiers.identifier_value = shared.identifier_value
    inner join {{ ref('record_attributes') }} as attributes
        on identifiers.record_id = attributes.record_id
),

initials as (
    select
        identifier_type,
        identifier_value,
        {{ cap_of(var('initials_cap')) }} as cap,
        min(known_since_at) as known_since_at
    from people
    where initial is not null
    group by identifier_type, identifier_value, initial
),

ranked as (
    select
        *,
        row_number() over (
            partition by identifier_type, identifier_value
            order by known_since_at
        ) as arrival
    from initials
),

births as (
    select
        *,
        min(birth_on) over arrived as earliest_on,
        max(birth_on) over arrived as latest_on
    from people
    where identifier_type = 'name_postcode'
    window
        arrived as (
            partition by identifier_type, identifier_value
            order by known_since_at
        )
)

select
    identifier_type,
    identifier_value,
    'too many names' as reason,
    cap,
    min(known_since_at) as held_since_at
from ranked
where arrival > cap
group by identifier_type, identifier_value, cap
union all
select
    identifier_type,
    identifier_value,
    'dates of birth differ' as reason,
    1 as cap,
    min(known_since_at) as held_since_at
from births
where damerau_levenshtein(earliest_on, latest_on) > 2
group by identifier_type, identifier_value
