-- What came after the last midnight (`is_new`), and the windows that live asks for.
with facts as (
    select
        spine.customer_id,
        spine.as_of_at,
        spine.as_of_on <= activity.occurred_on
        or spine.as_of_on <= activity.known_on as is_new,
        spine.as_of_on - activity.occurred_on as days_ago,
        month(activity.occurred_on) as month_number,
        activity.occurred_at,
        activity.fact,
        activity.is_activity,
        activity.is_high_value_click,
        spine.as_of_at - activity.occurred_at as age
    from {{ ref('spine_records') }} as spine
    inner join {{ ref('activity') }} as activity
        on
            spine.record_id = activity.record_id
            and spine.as_of_at >= activity.occurred_at
            and spine.as_of_at >= activity.known_at
    where
        spine.as_of_on <= activity.known_on
        or activity.occurred_at >= spine.as_of_at - interval 7 day
)

select
    customer_id,
    min(occurred_at) filter (where is_new) as first_seen_at,
    {% for state, condition in count_states().items() -%}
    count(*) filter (where is_new and {{ condition }}) as {{ state }},
    {% endfor -%}
    {% for state, windows in day_windows().items() -%}
    {% for days in windows -%}
    count(*) filter (
        where is_new and days_ago < {{ days }} and {{ count_states()[state] }}
    ) as {{ window_name(state, days) }},
    {% endfor -%}
    {% endfor -%}
    count(*) filter (
        where is_new and days_ago between 30 and 59 and is_activity
    ) as activity_prior_30d_count,
    {% for month in range(1, 13) -%}
    count(*) filter (where is_new and is_activity and month_number = {{ month }})
        as activity_month_{{ month }}_count,
    {% endfor -%}
    {% for state, condition in last_states().items() -%}
    max(occurred_at) filter (where is_new and {{ condition }}) as {{ state }},
    {% endfor -%}
    {% for name, window in live_windows().items() -%}
    count(*) filter (
        where {{ live_condition(window) }} and age <= interval {{ window.length }}
    ) as {{ name }},
    {% endfor -%}
    as_of_at
from facts
group by customer_id, as_of_at
