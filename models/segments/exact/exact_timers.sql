-- depends_on: {{ ref('exact_steps') }}
{% set live = followed_segments() %}

-- So long after a moment that a rule asks for, if no other took its place before.
with horizon as (
    select as_of_at from {{ ref('exact_horizon') }}
),

rung as (
    {% for timer in live.timers -%}
    {% for source in moments_of(timer.column) -%}
    select
        customer_id,
        event_id,
        moved_at as since_moved_at,
        {{ source }} as since_at,
        {{ source }} + to_microseconds({{ timer.microseconds }}) as rings_at,
        lead(moved_at) over (
            partition by customer_id order by moved_at, {{ source }}
        ) as until_at,
        {{ sql_text(timer.label) }} as timer,
        '{{ timer.asked }}' as timed_column
    from {{ ref('exact_steps') }}
    where {{ source }} is not null
    union all
    {% endfor -%}
    {% endfor -%}
    select
        null as customer_id,
        null as event_id,
        null as since_moved_at,
        null as since_at,
        null as rings_at,
        null as until_at,
        null as timer,
        null as timed_column
    where false
)

select
    rung.customer_id,
    rung.rings_at as moved_at,
    case when rung.since_at = rung.since_moved_at then rung.event_id end as event_id,
    rung.timer,
    rung.timed_column
from rung
cross join horizon
where
    rung.rings_at > rung.since_moved_at
    and rung.rings_at <= horizon.as_of_at
    and (rung.until_at is null or rung.rings_at < rung.until_at)
