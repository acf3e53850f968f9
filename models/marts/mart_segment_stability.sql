-- Who stayed was there before and is there now.
with runs as (
    select distinct as_of_at from {{ ref('stg_ledger__segment_runs') }}
),

steps as (
    select
        segment_name,
        entered_at as moved_at,
        1 as entered,
        0 as gone
    from {{ ref('standing_beliefs') }}
    union all
    select
        segment_name,
        left_at as moved_at,
        0 as entered,
        1 as gone
    from {{ ref('standing_beliefs') }}
    where left_at is not null
),

segments as (
    select distinct segment_name from {{ ref('standing_beliefs') }}
),

counted as (
    select
        segments.segment_name,
        runs.as_of_at as run_as_of_at,
        cast(coalesce(sum(steps.entered), 0) as bigint) as entered_count,
        cast(coalesce(sum(steps.gone), 0) as bigint) as left_count
    from segments
    cross join runs
    left join steps
        on
            segments.segment_name = steps.segment_name
            and runs.as_of_at = steps.moved_at
    group by segments.segment_name, runs.as_of_at
),

summed as (
    select
        counted.*,
        cast(sum(entered_count - left_count) over (
            partition by segment_name
            order by run_as_of_at
            rows unbounded preceding
        ) as bigint) as member_count
    from counted
)

select
    summed.segment_name,
    summed.run_as_of_at,
    summed.member_count,
    summed.entered_count,
    summed.left_count,
    (summed.member_count - summed.entered_count) / nullif(
        summed.member_count - summed.entered_count + summed.left_count, 0
    ) as stayed_share,
    moments.as_of_at
from summed
cross join {{ ref('as_of') }} as moments
