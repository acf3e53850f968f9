{% set columns = followed_columns() %}
{% set states = followed_states(count_states(), columns) | list %}
{% set lives = followed_states(live_windows(), columns) | list %}
{% set windows = followed_windows(columns) | map(attribute='name') | list %}
{% set counts = states + lives + windows %}
{% set lasts = followed_states(last_states(), columns) | list %}
{% set has_orders = follows_orders(columns) %}
{% set has_stage = 'lifecycle_stage' in columns %}
{% set asked = followed_segments().columns %}

-- What the rules ask for, as it was from each moment on until the next one of the
-- customer; by all that is known now.
with told as (
    select * from {{ ref('exact_steps') }}
    union all by name
    select * from {{ ref('exact_timers') }}
),

moments as (
    select
        customer_id,
        moved_at,
        {% for column in counts -%}
        sum({{ column }}) as {{ column }},
        {% endfor -%}
        {% for column in lasts -%}
        max({{ column }}) as {{ column }},
        {% endfor -%}
        {% if has_orders -%}
        max(orders_then) as orders_then,
        {% endif -%}
        {% if has_stage -%}
        max(lifecycle_stage) as lifecycle_stage,
        {% endif -%}
        min(event_id) filter (where timer is null) as happened,
        list(
            struct_pack(timer := timer, event_id := event_id, asked := timed_column)
            order by timer, event_id
        ) filter (where timer is not null) as rang
    from told
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
        {% endif -%}
        {% if has_stage -%}
        last_value(lifecycle_stage ignore nulls) over so_far as lifecycle_stage,
        {% endif -%}
        happened,
        rang
    from moments
    window so_far as (
        partition by customer_id order by moved_at rows unbounded preceding
    )
),

named as (
    select
        * exclude (customer_id{{ ", orders_then" if has_orders }}),
        {% if has_orders -%}
        {% for column in order_columns() -%}
        {{ order_value('orders_then.', column) }} as {{ column }},
        {% endfor -%}
        {% endif -%}
        customer_id
    from running
),

merged as (
    select
        *
        {%- if has_orders and 'last_activity_at' in lasts %}
        replace (greatest(last_activity_at, last_order_at) as last_activity_at)
        {%- endif %}
    from named
)

select
    *,
    {% for age in asked if age.startswith('days_since_') -%}
    {{ whole_days(age | replace('days_since_', '') ~ '_at', 'as_of_at') }} as {{ age }},
    {% endfor -%}
    cast(null as varchar) as cluster_name
from merged
