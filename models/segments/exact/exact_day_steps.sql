{% set columns = followed_columns() %}
{% set counts = followed_states(count_states(), columns) %}
{% set lasts = followed_states(last_states(), columns) %}
{% set windows = followed_windows(columns) %}

-- Where counts, windows of days and last moments stand when the horizon begins, and at
-- which midnights of the shop a day comes into a window or leaves it.
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
    cast(null as varchar) as timer,
    horizon.began_at as moved_at
from {{ ref('exact_days') }} as days
cross join {{ ref('exact_horizon') }} as horizon
where not days.is_within
group by days.customer_id, horizon.began_at
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
