-- A phone links with a first name: it is known by all values that begin with it.
with sides as (
    select
        decision_id,
        'left' as side,
        left_type as identifier_type,
        left_value as identifier_value
    from {{ ref('identity_decisions') }}
    union all
    select
        decision_id,
        'right' as side,
        right_type as identifier_type,
        right_value as identifier_value
    from {{ ref('identity_decisions') }}
),

held as (
    select
        sides.decision_id,
        sides.side,
        held.record_id,
        held.identifier_type || '|' || held.identifier_value as evidence
    from sides
    inner join {{ ref('identifiers') }} as held
        on
            case sides.identifier_type
                when 'phone' then 'phone_first_name'
                else sides.identifier_type
            end = held.identifier_type
            and sides.identifier_value = case sides.identifier_type
                when 'phone' then split_part(held.identifier_value, '|', 1)
                else held.identifier_value
            end
    union all
    select
        sides.decision_id,
        sides.side,
        records.record_id,
        'record|' || records.record_id as evidence
    from sides
    inner join {{ ref('records') }} as records
        on
            sides.identifier_type = 'record'
            and sides.identifier_value = records.record_id
)

select
    decision_id,
    side,
    md5(evidence) as evidence_hash,
    count(*) as record_count
from held
group by decision_id, side, evidence
