-- The long memory: by the day a thing happened and the day it was known. What events
-- say is kept; what the shop's exports add is few and told anew.
with exported as (
    select
        record_id,
        occurred_on,
        known_on,
        min(occurred_at) as first_seen_at,
        {{ event_states() }},
        cast(null as timestamp) as last_high_value_click_at
    from {{ ref('order_acts') }}
    group by record_id, occurred_on, known_on
),

clicked as (
    select
        events.record_id,
        events.occurred_on,
        events.received_on as known_on,
        max(events.occurred_at) as last_high_value_click_at
    from {{ ref('events') }} as events
    inner join {{ ref('priced_clicks') }} as clicks
        on events.event_id = clicks.event_id
    group by events.record_id, events.occurred_on, events.received_on
)

select
    states.*,
    clicked.last_high_value_click_at
from {{ ref('daily_event_states') }} as states
left join clicked
    on
        states.record_id = clicked.record_id
        and states.occurred_on = clicked.occurred_on
        and states.known_on = clicked.known_on
union all by name
select * from exported
