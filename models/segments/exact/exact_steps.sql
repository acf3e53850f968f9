-- depends_on: {{ ref('exact_orders') }}, {{ ref('lifecycle_history') }}
{% set columns = followed_columns() %}
{% set counts = followed_states(count_states(), columns) %}
{% set lasts = followed_states(last_states(), columns) %}
{% set windows = followed_windows(columns) %}
{% set lives = followed_states(live_windows(), columns) %}
{% set has_stage = 'lifecycle_stage' in columns %}

-- Each moment at which something that the rules ask for is more, less or another: what
-- is added to a count or taken from it, the last moment of a kind, the orders.
with signs as (
    select
        customer_id,
        first_received_at as seen_at
    from {{ ref('identity_map') }}
    union all
    select
        customer_id,
        occurred_at as seen_at
    from {{ ref('exact_facts') }}
    union all
    select
        customer_id,
        as_of_at as seen_at
    from {{ ref('exact_order_moments') }}
    union all
    select
        days.customer_id,
        horizon.began_at as seen_at
    from {{ ref('exact_days') }} as days
    cross join {{ ref('exact_horizon') }} as horizon
    where not days.is_within
),

-- A customer is one from the first sign on.
began as (
    select
        signs.customer_id,
        greatest(min(signs.seen_at), horizon.began_at) as moved_at
    from signs
    cross join {{ ref('exact_horizon') }} as horizon
    group by signs.customer_id, horizon.began_at, horizon.as_of_at
    having min(signs.seen_at) <= horizon.as_of_at
),

happened as (
    select
        customer_id,
        greatest(occurred_at, began_at) as moved_at,
        {% for state, condition in counts.items() -%}
        case when is_within and {{ condition }} then 1 end as {{ state }},
        {% endfor -%}
        {% for window in windows if window.first == 0 -%}
        case when is_within and {{ count_states()[window.of] }} then 1 end
            as {{ window.name }},
        {% endfor -%}
        {% for state, window in lives.items() -%}
        case
            when
                {{ live_condition(window) }}
                and occurred_at + interval {{ window.length }} >= began_at
                then 1
        end as {{ state }},
        {% endfor -%}
        {% for state, condition in lasts.items() -%}
        case when is_within and {{ condition }} then occurred_at end as {{ state }},
        {% endfor -%}
        case when is_within then event_id end as event_id,
        cast(null as varchar) as timed_column
    from {{ ref('exact_facts') }}
    where
        false
        {% if has_stage -%} or (is_within and is_activity) {%- endif %}
        {% for condition in counts.values() | list + lasts.values() | list -%}
        or (is_within and {{ condition }})
        {% endfor -%}
        {% for window in windows -%}
        or (is_within and {{ count_states()[window.of] }})
        {% endfor -%}
        {% for window in lives.values() -%}
        or (
            {{ live_condition(window) }}
            and occurred_at + interval {{ window.length }} >= began_at
        )
        {% endfor %}
)

select * from began
union all by name
select * from happened
{% for state, window in lives.items() %}
-- The last moment of the window is in it.
union all by name
select
    customer_id,
    occurred_at + interval {{ window.length }} + interval 1 microsecond as moved_at,
    event_id,
    '{{ window.length }}s after {{ window.told }}' as timer,
    '{{ state }}' as timed_column,
    -1 as {{ state }}
from {{ ref('exact_facts') }}
where
    {{ live_condition(window) }}
    and occurred_at + interval {{ window.length }} >= began_at
    and occurred_at + interval {{ window.length }} < as_of_at
{% endfor %}
{% if counts or lasts or windows %}
union all by name
select
    days.customer_id,
    {% for state in counts -%}
    sum(days.{{ state }}) as {{ state }},
    {% endfor -%}
    {% for window in windows -%}
    sum(days.{{ window.of }}) filter (
        where days.days_ago >= {{ window.first }} and days.days_ago < {{ window.end }}
    ) as {{ window.name }},
    {% endfor -%}
    {% for state in lasts -%}
    max(days.{{ state }}) as {{ state }},
    {% endfor -%}
    horizon.began_at as moved_at
from {{ ref('exact_days') }} as days
cross join {{ ref('exact_horizon') }} as horizon
where not days.is_within
group by days.customer_id, horizon.began_at
{% endif %}
{% for window in windows %}
{% for days, sign in [(window.first, ''), (window.end, '-')] if days %}
union all by name
select
    days.customer_id,
    {{ midnight_after(days) }} as moved_at,
    'midnight' as timer,
    {{ sign }}days.{{ window.of }} as {{ window.name }}
from {{ ref('exact_days') }} as days
cross join {{ ref('exact_horizon') }} as horizon
where
    days.{{ window.of }} > 0
    and {{ midnight_after(days) }} > horizon.began_at
    and {{ midnight_after(days) }} <= horizon.as_of_at
{% endfor %}
{% endfor %}
{% if follows_orders(columns) %}
union all by name
select
    moments.customer_id,
    moments.as_of_at as moved_at,
    moments.event_id,
    moments.timer,
    {
        {% for column in order_columns() -%}
        {%- set is_sum = not column.endswith('_at') and 'average' not in column -%}
        '{{ column }}':
            {{ 'coalesce(orders.' ~ column ~ ', 0)' if is_sum else 'orders.' ~ column }}
            {{- "," if not loop.last }}
        {% endfor -%}
    } as orders_then
from {{ ref('exact_order_moments') }} as moments
left join {{ ref('exact_orders') }} as orders
    on
        moments.customer_id = orders.customer_id
        and moments.as_of_at = orders.as_of_at
{% endif %}
{% if has_stage %}
union all by name
select
    history.customer_id,
    greatest(history.entered_at, horizon.began_at) as moved_at,
    case
        when history.moved_by = 'time' and history.entered_at >= horizon.began_at
            then 'the end of a stage'
    end as timer,
    history.lifecycle_stage
from {{ ref('lifecycle_history') }} as history
cross join {{ ref('exact_horizon') }} as horizon
where history.left_at is null or history.left_at > horizon.began_at
{% endif %}
