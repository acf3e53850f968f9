-- By day of the shop: who came, who went, and who was still there in the evening.
with stays as (
    select
        segment_name,
        customer_id,
        {{ shop_date('entered_at') }} as entered_on,
        {{ shop_date('left_at') }} as left_on
    from {{ ref('standing_beliefs') }}
),

moves as (
    select
        segment_name,
        customer_id,
        entered_on as moved_on,
        1 as entered,
        0 as gone,
        0 as lost
    from stays
    union all
    select
        segment_name,
        customer_id,
        left_on as moved_on,
        0 as entered,
        1 as gone,
        case when entered_on < left_on then 1 else 0 end as lost
    from stays
    where left_on is not null
),

counted as (
    select
        segment_name,
        moved_on,
        count(distinct customer_id) as moved_count,
        sum(entered) as entered_count,
        sum(gone) as left_count,
        sum(lost) as lost_count
    from moves
    group by segment_name, moved_on
),

days as (
    select
        counted.segment_name,
        moments.as_of_at,
        cast(unnest(generate_series(
            min(counted.moved_on),
            greatest(max(counted.moved_on), {{ shop_date('moments.as_of_at') }}),
            interval 1 day
        )) as date) as day_on
    from counted
    cross join {{ ref('as_of') }} as moments
    group by counted.segment_name, moments.as_of_at
),

summed as (
    select
        days.segment_name,
        days.day_on,
        days.as_of_at,
        coalesce(counted.entered_count, 0) as entered_count,
        coalesce(counted.left_count, 0) as left_count,
        coalesce(counted.moved_count, 0) as moved_count,
        coalesce(counted.lost_count, 0) as lost_count,
        sum(coalesce(counted.entered_count, 0) - coalesce(counted.left_count, 0)) over (
            partition by days.segment_name
            order by days.day_on
            rows unbounded preceding
        ) as member_count
    from days
    left join counted
        on days.segment_name = counted.segment_name and days.day_on = counted.moved_on
)

select
    segment_name,
    day_on,
    cast(member_count as bigint) as member_count,
    cast(entered_count as bigint) as entered_count,
    cast(left_count as bigint) as left_count,
    cast(moved_count as bigint) as moved_count,
    lost_count / nullif(member_count - entered_count + left_count, 0) as churn_share,
    as_of_at
from summed
