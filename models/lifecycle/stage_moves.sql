-- Who changed their stage from one moment to the next: from the stage before the first
-- entry between them to that of the last.
with entries as (
    select
        history.customer_id,
        moments.as_of_at,
        history.former_stage,
        history.lifecycle_stage,
        row_number() over (
            partition by history.customer_id, moments.as_of_at
            order by history.entered_at
        ) as place,
        row_number() over (
            partition by history.customer_id, moments.as_of_at
            order by history.entered_at desc
        ) as place_from_last
    from {{ ref('lifecycle_history') }} as history
    inner join {{ ref('stage_moments') }} as moments
        on
            history.entered_at <= moments.as_of_at
            and (
                history.entered_at > moments.former_as_of_at
                or moments.former_as_of_at is null
            )
)

select
    firsts.customer_id,
    firsts.as_of_at,
    firsts.former_stage,
    lasts.lifecycle_stage
from entries as firsts
inner join entries as lasts
    on
        firsts.customer_id = lasts.customer_id
        and firsts.as_of_at = lasts.as_of_at
where
    firsts.place = 1
    and lasts.place_from_last = 1
    and firsts.former_stage is distinct from lasts.lifecycle_stage
