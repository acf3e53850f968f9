-- Who changed their stage from one moment to the next: from the stage before the first
-- entry between them to that of the last.
with entries as (
    select
        history.customer_id,
        moments.as_of_at,
        min({
            'entered_at': history.entered_at, 'stage': history.former_stage
        }).stage as former_stage,
        max({
            'entered_at': history.entered_at, 'stage': history.lifecycle_stage
        }).stage as lifecycle_stage
    from {{ ref('lifecycle_history') }} as history
    inner join {{ ref('stage_moments') }} as moments
        on
            history.entered_at <= moments.as_of_at
            and (
                history.entered_at > moments.former_as_of_at
                or moments.former_as_of_at is null
            )
    group by history.customer_id, moments.as_of_at
)

select
    customer_id,
    as_of_at,
    former_stage,
    lifecycle_stage
from entries
where former_stage is distinct from lifecycle_stage
