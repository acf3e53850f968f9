-- What the ledger is to add once the gates have passed, with the next free numbers.
with changes as (
    select * from {{ ref('run_changes') }}
    union all by name
    select * from {{ ref('exact_changes') }}
),

told as (
    select
        customer_id,
        segment_name,
        belief_number
    from {{ ref('stg_ledger__segment_beliefs') }}
    union all
    select
        customer_id,
        segment_name,
        belief_number
    from {{ ref('stg_ledger__segment_supersessions') }}
),

numbers as (
    select
        customer_id,
        segment_name,
        max(belief_number) as newest
    from told
    where customer_id in (select changes.customer_id from changes)
    group by customer_id, segment_name
),

numbered as (
    select
        changes.*,
        coalesce(numbers.newest, 0) + row_number() over (
            partition by changes.customer_id, changes.segment_name
            order by changes.entered_at, changes.former_belief_number
        ) as belief_number
    from changes
    left join numbers
        on
            changes.customer_id = numbers.customer_id
            and changes.segment_name = numbers.segment_name
)

select
    customer_id,
    segment_name,
    move,
    former_belief_id,
    former_belief_number,
    case
        when move != 'did not enter'
            then customer_id || '/' || segment_name || '/' || belief_number
    end as belief_id,
    belief_number,
    entered_at,
    left_at,
    precision,
    entered_by_clause,
    entered_by_event_id,
    entered_by_timer,
    left_by_clause,
    left_by_event_id,
    left_by_timer,
    cause,
    definition_hash,
    model_version,
    as_of_at
from numbered
