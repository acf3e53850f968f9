-- What is believed since a run, or no more: the moments are those of runs.
with known as (
    select distinct customer_id
    from {{ ref('standing_beliefs') }}
    where left_at is null
),

-- Who came apart from whom.
split as (
    select
        later.customer_id,
        min(earlier.customer_id) as former_id
    from {{ ref('identity_history') }} as later
    inner join {{ ref('identity_history') }} as earlier
        on
            later.record_id = earlier.record_id
            and later.valid_from = earlier.valid_to
            and later.customer_id != earlier.customer_id
    where later.reason = 'split' and later.valid_to is null
    group by later.customer_id
),

explained as (
    select
        moves.*,
        flips.clause,
        versions.definition_hash as definition_hash_now,
        versions.model_version as model_version_now,
        case
            when moves.move in ('did not leave', 'did not enter') then 'corrected'
            when moves.move = 'left' and customers.customer_id is null
                then coalesce('merged into ' || aliases.customer_id, 'no customer now')
            when moves.move = 'entered' and known.customer_id is null
                then coalesce('split off ' || split.former_id, 'first seen')
            when versions.segment_name is null then 'the segment is gone'
            when former.segment_name is null then 'the segment is new'
            when versions.definition_hash != former.definition_hash
                then 'the rule changed'
            when
                coalesce(versions.model_version, '')
                != coalesce(former.model_version, '')
                then 'the model changed'
            else 'a clause flipped'
        end as cause
    from {{ ref('segment_moves') }} as moves
    left join {{ ref('segment_inputs') }} as customers
        on moves.customer_id = customers.customer_id
    left join {{ ref('identity_aliases') }} as aliases
        on moves.customer_id = aliases.alias_id
    left join known on moves.customer_id = known.customer_id
    left join split on moves.customer_id = split.customer_id
    left join {{ ref('segment_versions') }} as versions
        on moves.segment_name = versions.segment_name
    left join {{ ref('stg_ledger__last_versions') }} as former
        on moves.segment_name = former.segment_name
    left join {{ ref('segment_flips') }} as flips
        on
            moves.customer_id = flips.customer_id
            and moves.segment_name = flips.segment_name
)

select
    customer_id,
    segment_name,
    move,
    former_belief_id,
    former_belief_number,
    coalesce(entered_at, as_of_at) as entered_at,
    case when move = 'left' then as_of_at end as left_at,
    'run' as precision,
    case when move = 'entered' then clause else entered_by_clause end
        as entered_by_clause,
    entered_by_event_id,
    entered_by_timer,
    case when move = 'left' then clause end as left_by_clause,
    cause,
    case when move = 'entered' then definition_hash_now else definition_hash end
        as definition_hash,
    case when move = 'entered' then model_version_now else model_version end
        as model_version,
    as_of_at
from explained
