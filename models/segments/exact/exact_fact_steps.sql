{% set columns = followed_columns() %}
{% set counts = followed_states(count_states(), columns) %}
{% set lasts = followed_states(last_states(), columns) %}
{% set windows = followed_windows(columns) %}
{% set lives = followed_states(live_windows(), columns) %}

-- What happens is one more, and the last of its kind; the end of a window, one less.
with happened as (
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
        case when {{ reaches_in(window) }} then 1 end as {{ state }},
        {% endfor -%}
        {% for state, condition in lasts.items() -%}
        case when is_within and {{ condition }} then occurred_at end as {{ state }},
        {% endfor -%}
        case when is_within then event_id end as event_id,
        cast(null as varchar) as timer,
        cast(null as varchar) as timed_column
    from {{ ref('exact_facts') }}
    where
        (is_within and is_activity and {{ 'lifecycle_stage' in columns }})
        {%- for window in lives.values() %}
        or {{ reaches_in(window) }}
        {%- endfor %}
        {%- for window in windows %}
        or (is_within and {{ count_states()[window.of] }})
        {%- endfor %}
        {%- for condition in counts.values() | list + lasts.values() | list %}
        or (is_within and {{ condition }})
        {%- endfor %}
)

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
    {{ reaches_in(window) }}
    and occurred_at + interval {{ window.length }} < as_of_at
{% endfor %}
