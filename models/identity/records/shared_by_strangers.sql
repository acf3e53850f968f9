-- Values whose records tell of people that cannot be one: by the first letter of the
-- last name, which slips of the hand and forms of a first name leave alone, and by the
-- date of birth, where the value itself names no more than a first name or a place.
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

dates as (
    select
        identifier_type,
        identifier_value,
        birth_on,
        min(known_since_at) as known_since_at
    from people
    where
        birth_on is not null
        and identifier_type in ('name_postcode', 'phone_first_name')
    group by identifier_type, identifier_value, birth_on
),

arrived as (
    select
        *,
        row_number() over (
            partition by identifier_type, identifier_value
            order by known_since_at, birth_on
        ) as arrival
    from dates
),

-- Ten dates at most are slips of each other, by one digit; among the first eleven are
-- some that differ, whatever comes after them.
births as (
    select
        later.identifier_type,
        later.identifier_value,
        later.known_since_at
    from arrived as later
    inner join arrived as earlier
        on
            later.identifier_type = earlier.identifier_type
            and later.identifier_value = earlier.identifier_value
            and later.arrival > earlier.arrival
    where
        later.arrival <= 11
        and not {{ is_slip_of_date('earlier.birth_on', 'later.birth_on') }}
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
group by identifier_type, identifier_value
