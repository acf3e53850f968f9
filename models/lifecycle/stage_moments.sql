-- Now, and the last twelve Monday midnights: the moments at which stages are compared.
with now_moment as (
    select
        as_of_at,
        {{ shop_date('as_of_at') }} as as_of_on
    from {{ ref('as_of') }}
),

weeks as (
    select cast(unnest(range(12)) as integer) as weeks_ago
),

mondays as (
    select
        cast(date_trunc('week', now_moment.as_of_on) as date)
        - weeks.weeks_ago * 7 as monday_on
    from now_moment
    cross join weeks
)

select
    as_of_at,
    true as is_now
from now_moment
union all
select
    {{ shop_midnight('mondays.monday_on') }} as as_of_at,
    false as is_now
from mondays
cross join now_moment
where {{ shop_midnight('mondays.monday_on') }} < now_moment.as_of_at
