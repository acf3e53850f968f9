-- Each act, and each moment at which something that it left behind ends, may begin a
-- stage; it does where the stage is another than before.
{% set ends = [
    'lapses_at', 'reactivated_until_at', 'quiet_at', 'cart_until_at',
    'interested_until_at',
] %}

with moments as (
    select
        states.*,
        states.since_at as entered_at,
        'event' as moved_by
    from {{ ref('lifecycle_states') }} as states
    {% for end in ends %}
    union all
    select
        states.*,
        states.{{ end }} as entered_at,
        'time' as moved_by
    from {{ ref('lifecycle_states') }} as states
    inner join {{ ref('as_of') }} as now_moment
        on states.{{ end }} <= now_moment.as_of_at
    where
        states.{{ end }} > states.since_at
        and (states.next_at is null or states.{{ end }} < states.next_at)
    {% endfor %}
),

-- Read from the top: the first rule that holds is the stage.
staged as (
    select
        customer_id,
        entered_at,
        moved_by,
        case
            when entered_at >= lapses_at then 'lapsed'
            when entered_at < reactivated_until_at then 'reactivated'
            when order_count >= 2 then 'repeat_buyer'
            when order_count = 1 then 'first_time_buyer'
            when entered_at < cart_until_at and entered_at >= quiet_at
                then 'cart_abandoner'
            when entered_at < cart_until_at or entered_at < interested_until_at
                then 'engaged_prospect'
            else 'new_visitor'
        end as lifecycle_stage
    from moments
),

-- What ends at one moment twice is told twice, and the second time moves nobody.
compared as (
    select
        *,
        lag(lifecycle_stage) over (
            partition by customer_id order by entered_at
        ) as former_stage
    from staged
)

select
    customer_id,
    lifecycle_stage,
    former_stage,
    entered_at,
    lead(entered_at) over (partition by customer_id order by entered_at) as left_at,
    moved_by
from compared
where former_stage is distinct from lifecycle_stage
