{% set longest = live_windows().values() | map(attribute='length') | list %}

-- What people of now did within the horizon, and within the windows that reach into it.
select
    identity.customer_id,
    horizon.began_at,
    horizon.as_of_at,
    activity.event_id,
    activity.fact,
    activity.is_activity,
    activity.is_high_value_click,
    activity.occurred_at,
    activity.occurred_on,
    activity.occurred_at >= horizon.began_at as is_within
from {{ ref('activity') }} as activity
cross join {{ ref('exact_horizon') }} as horizon
inner join {{ ref('identity_map') }} as identity
    on activity.record_id = identity.record_id
where
    activity.occurred_at <= horizon.as_of_at
    and activity.known_at <= horizon.as_of_at
    and activity.occurred_at >= horizon.began_at - greatest(
        {% for length in longest -%}
        interval {{ length }}{{ ", " if not loop.last }}
        {%- endfor %}
    )
