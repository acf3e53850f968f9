-- The moments at which stages are compared: Monday midnights, and now.
with known as (
    select
        min(history.entered_at) as began_at,
        max(moments.as_of_at) as as_of_at
    from {{ ref('as_of') }} as moments
    left join {{ ref('lifecycle_history') }} as history on true
),

mondays as (
    select
        as_of_at,
        unnest(generate_series(
            date_trunc('week', {{ shop_date('began_at') }}),
            {{ shop_date('as_of_at') }},
            interval 7 day
        )) as monday_on
    from known
),

moments as (
    select {{ shop_midnight('monday_on') }} as as_of_at
    from mondays
    where {{ shop_midnight('monday_on') }} <= as_of_at
    union
    select as_of_at from known
)

select
    as_of_at,
    lag(as_of_at) over (order by as_of_at) as former_as_of_at
from moments
