-- A record is linked to the value itself, not to another record: so the records of a
-- value stay together when one of them turns out to be nobody's.
with hashed as (
    select
        *,
        {{ evidence_hash() }} as evidence_hash,
        count(*) over (partition by identifier_type, identifier_value) as record_count
    from {{ ref('identifiers') }}
),

held as (
    select
        evidence_hash,
        min(held_since_at) as held_since_at
    from {{ ref('held_identifiers') }}
    group by evidence_hash
),

by_rules as (
    select
        hashed.record_id,
        hashed.identifier_type as rule,
        hashed.evidence_hash,
        hashed.known_since_at,
        least(
            held.held_since_at,
            devices.held_since_at,
            -- Who logs in is known even there; whose an address is that is told is not.
            case
                when hashed.identifier_type not in ('user_id', 'device')
                    then devices.shared_since_at
            end
        ) as retracted_at
    from hashed
    left join held on hashed.evidence_hash = held.evidence_hash
    left join {{ ref('shared_devices') }} as devices
        on hashed.record_id = devices.record_id
    where
        hashed.record_count > 1
        -- An account says who a record cannot be, and a person may name any value.
        or hashed.identifier_type = 'user_id'
        or hashed.evidence_hash in (
            select named.evidence_hash from {{ ref('identity_named_values') }} as named
        )
)

select * from by_rules
union all by name
select * from {{ ref('match_links') }}
