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
        held.held_since_at as retracted_at
    from hashed
    left join held on hashed.evidence_hash = held.evidence_hash
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
