-- What was known at the last midnight: days that had passed, and had arrived by then.
with days as (
    select
        spine.customer_id,
        spine.as_of_at,
        spine.as_of_on - states.occurred_on as days_ago,
        month(states.occurred_on) as month_number,
        states.*
    from {{ ref('spine_records') }} as spine
    inner join {{ ref('daily_states') }} as states
        on
            spine.record_id = states.record_id
            and spine.as_of_on > states.occurred_on
            and spine.as_of_on > states.known_on
)

select
    customer_id,
    min(first_seen_at) as first_seen_at,
    {% for state in count_states() -%}
    cast(sum({{ state }}) as bigint) as {{ state }},
    {% endfor -%}
    {% for state, windows in day_windows().items() -%}
    {% for days in windows -%}
    cast(coalesce(sum({{ state }}) filter (where days_ago < {{ days }}), 0) as bigint)
        as {{ window_name(state, days) }},
    {% endfor -%}
    {% endfor -%}
    cast(
        coalesce(sum(activity_count) filter (where days_ago between 30 and 59), 0)
        as bigint
    ) as activity_prior_30d_count,
    {% for month in range(1, 13) -%}
    cast(
        coalesce(sum(activity_count) filter (where month_number = {{ month }}), 0)
        as bigint
    ) as activity_month_{{ month }}_count,
    {% endfor -%}
    {% for state in last_states() -%}
    max({{ state }}) as {{ state }},
    {% endfor -%}
    as_of_at
from days
group by customer_id, as_of_at
