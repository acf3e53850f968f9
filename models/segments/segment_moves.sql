-- Memberships against what is believed of now, but for the segments whose true moments
-- are told. A belief that ended at this very moment
-- may turn out not to have ended. A run whose clock is behind moves nobody: its moment
-- has been told.
with moment as (
    select moments.as_of_at
    from {{ ref('as_of') }} as moments
    where not exists (
        select 1
        from {{ ref('stg_ledger__segment_runs') }} as runs
        where runs.as_of_at > moments.as_of_at
    )
),

believed as (
    select
        beliefs.*,
        beliefs.left_at is null as is_open
    from {{ ref('standing_beliefs') }} as beliefs
    cross join moment
    where beliefs.left_at is null or beliefs.left_at = moment.as_of_at
)

select
    coalesce(members.customer_id, believed.customer_id) as customer_id,
    coalesce(members.segment_name, believed.segment_name) as segment_name,
    case
        when believed.belief_id is null then 'entered'
        when not believed.is_open then 'did not leave'
        when believed.entered_at = moment.as_of_at then 'did not enter'
        else 'left'
    end as move,
    believed.belief_id as former_belief_id,
    believed.belief_number as former_belief_number,
    believed.entered_at,
    believed.entered_by_clause,
    believed.entered_by_event_id,
    believed.entered_by_timer,
    believed.definition_hash,
    believed.model_version,
    moment.as_of_at
from {{ ref('segment_memberships') }} as members
full outer join believed
    on
        members.customer_id = believed.customer_id
        and members.segment_name = believed.segment_name
cross join moment
where
    (members.customer_id is not null) != coalesce(believed.is_open, false)
    and coalesce(members.segment_name, believed.segment_name) not in (
        select followed.segment_name from {{ ref('exact_segments') }} as followed
    )
