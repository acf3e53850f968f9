-- depends_on: {{ ref('exact_steps') }}
{% set live = followed_segments() %}

-- So long after a moment that a rule asks for, if no other took its place before.
{% for timer in live.timers %}
{% set in_orders = timer.column in order_columns() %}
{% set sources = ['orders_then.' ~ timer.column if in_orders else timer.column] %}
{% if timer.column == 'last_activity_at' %}
{% do sources.append('orders_then.last_order_at') %}
{% endif %}
{% for source in sources %}
select
    customer_id,
    since_at + to_microseconds({{ timer.microseconds }}) as moved_at,
    case when since_at = since_moved_at then event_id end as event_id,
    {{ sql_text(timer.label) }} as timer,
    '{{ timer.asked }}' as timed_column
from (
    select
        steps.customer_id,
        steps.event_id,
        {{ source }} as since_at,
        steps.moved_at as since_moved_at,
        lead(steps.moved_at) over (
            partition by steps.customer_id order by steps.moved_at, {{ source }}
        ) as until_at
    from {{ ref('exact_steps') }} as steps
    where {{ source }} is not null
) as since
cross join {{ ref('exact_horizon') }} as horizon
where
    since_at + to_microseconds({{ timer.microseconds }}) > since_moved_at
    and since_at + to_microseconds({{ timer.microseconds }}) <= horizon.as_of_at
    and (
        until_at is null
        or since_at + to_microseconds({{ timer.microseconds }}) < until_at
    )
union all
{% endfor %}
{% endfor %}
select
    null as customer_id,
    null as moved_at,
    null as event_id,
    null as timer,
    null as timed_column
from {{ ref('exact_horizon') }}
where false
