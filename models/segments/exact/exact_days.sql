{% set columns = followed_columns() %}
{% set counts = followed_states(
    count_states(),
    columns + followed_windows(columns) | map(attribute='of') | list
) %}
{% set lasts = followed_states(last_states(), columns) %}

-- What people of now did by day: days before the horizon from the long memory.
select
    identity.customer_id,
    states.occurred_on,
    false as is_within,
    {% for state in counts -%}
    sum(states.{{ state }}) as {{ state }},
    {% endfor -%}
    {% for state in lasts -%}
    max(states.{{ state }}) as {{ state }},
    {% endfor -%}
    horizon.began_on - states.occurred_on as days_ago
from {{ ref('daily_states') }} as states
cross join {{ ref('exact_horizon') }} as horizon
inner join {{ ref('identity_map') }} as identity
    on states.record_id = identity.record_id
where states.occurred_on < horizon.began_on
group by all
union all by name
select
    customer_id,
    occurred_on,
    {% for state, condition in counts.items() -%}
    count(*) filter (where {{ condition }}) as {{ state }},
    {% endfor -%}
    true as is_within
from {{ ref('exact_facts') }}
where is_within
group by all
