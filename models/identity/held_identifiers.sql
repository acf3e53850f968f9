-- What links nobody, and why: told by the hash of the value alone.
with junk as (
    select
        'email' as identifier_type,
        held_email as identifier_value,
        record_id,
        known_since_at
    from {{ ref('record_attributes') }}
    where held_email is not null
    union all
    select
        'phone' as identifier_type,
        held_phone as identifier_value,
        record_id,
        known_since_at
    from {{ ref('record_attributes') }}
    where held_phone is not null
    union all
    select
        'birth_date' as identifier_type,
        held_birth_date as identifier_value,
        record_id,
        known_since_at
    from {{ ref('record_attributes') }}
    where held_birth_date is not null
),

record_counts as (
    select
        identifier_type,
        identifier_value,
        count(*) as record_count
    from {{ ref('identifiers') }}
    group by identifier_type, identifier_value
),

reasons as (
    select * from {{ ref('shared_by_many') }}
    union all
    select * from {{ ref('shared_by_strangers') }}
)

select
    identifier_type,
    {{ evidence_hash() }} as evidence_hash,
    'junk' as reason,
    0 as cap,
    count(distinct record_id) as record_count,
    min(known_since_at) as held_since_at
from junk
group by identifier_type, identifier_value
union all
select
    reasons.identifier_type,
    {{ evidence_hash('reasons.identifier_type', 'reasons.identifier_value') }}
        as evidence_hash,
    reasons.reason,
    reasons.cap,
    record_counts.record_count,
    reasons.held_since_at
from reasons
inner join record_counts
    on
        reasons.identifier_type = record_counts.identifier_type
        and reasons.identifier_value = record_counts.identifier_value
union all
-- A device is held back by itself, whoever else names it.
select
    'device' as identifier_type,
    {{ evidence_hash('identifiers.identifier_type', 'identifiers.identifier_value') }}
        as evidence_hash,
    'too many accounts' as reason,
    {{ var('device_accounts_cap') }} as cap,
    devices.account_count as record_count,
    devices.held_since_at
from {{ ref('shared_devices') }} as devices
inner join {{ ref('identifiers') }} as identifiers
    on
        devices.record_id = identifiers.record_id
        and identifiers.identifier_type = 'device'
where devices.held_since_at is not null
