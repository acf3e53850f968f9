{% set live = followed_segments() %}
{% set columns = followed_columns() %}
{% set states = followed_states(count_states(), columns) | list %}
{% set lives = followed_states(live_windows(), columns) | list %}
{% set windows = followed_windows(columns) | map(attribute='name') | list %}
{% set counts = states + lives + windows %}
{% set lasts = followed_states(last_states(), columns) | list %}
{% set has_orders = follows_orders(columns) %}
{% set has_stage = 'lifecycle_stage' in columns %}

-- What the rules ask for, as it was from each moment on until the next one of the
-- customer; by all that is known now.
with moments as (
    select
        customer_id,
        moved_at,
        {% for column in counts -%}
        sum({{ column }}) as {{ column }},
        {% endfor -%}
        {% for column in lasts -%}
        max({{ column }}) as {{ column }},
        {% endfor -%}
        {% if has_orders -%} max(orders_then) as orders_then, {%- endif %}
        {% if has_stage -%} max(lifecycle_stage) as lifecycle_stage, {%- endif %}
        min(event_id) filter (where timer is null) as happened,
        list(
            {'timer': timer, 'event_id': event_id, 'column': timed_column}
            order by timer, event_id
        ) filter (where timer is not null) as rang
    from (
        select * from {{ ref('exact_steps') }}
        union all by name
        select * from {{ ref('exact_timers') }}
    ) as told
    group by customer_id, moved_at
),

running as (
    select
        customer_id,
        moved_at as as_of_at,
        {% for column in counts -%}
        cast(coalesce(sum({{ column }}) over so_far, 0) as bigint) as {{ column }},
        {% endfor -%}
        {% for column in lasts -%}
        max({{ column }}) over so_far as {{ column }},
        {% endfor -%}
        {% if has_orders -%}
        last_value(orders_then ignore nulls) over so_far as orders_then,
        {%- endif %}
        {% if has_stage -%}
        last_value(lifecycle_stage ignore nulls) over so_far as lifecycle_stage,
        {%- endif %}
        happened,
        rang
    from moments
    window so_far as (
        partition by customer_id order by moved_at rows unbounded preceding
    )
),

named as (
    select
        * {{ 'exclude (orders_then)' if has_orders }},
        {% if has_orders -%}
        {% for column in order_columns() -%}
        {% if column.endswith('_at') or 'average' in column -%}
        orders_then.{{ column }} as {{ column }},
        {% else -%}
        coalesce(orders_then.{{ column }}, 0) as {{ column }},
        {% endif -%}
        {% endfor -%}
        {% endif -%}
        cast(null as varchar) as cluster_name
    from running
)
{%- set greater -%}
    {% if has_orders and 'last_activity_at' in lasts -%}
    replace (greatest(last_activity_at, last_order_at) as last_activity_at)
    {%- endif %}
{%- endset %}
,

merged as (
    select * {{ greater }}
    from named
)

select
    *
    {%- for column in live.columns if column.startswith('days_since_') %},
    {{ whole_days(column | replace('days_since_', '') ~ '_at', 'as_of_at') }}
        as {{ column }}
    {%- endfor %}
from merged
