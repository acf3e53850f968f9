-- What counts as behaviour of a person: one row a fact, with the moment it was known.
select
    events.record_id,
    cast(events.event_id as varchar) as event_id,
    events.event_name as fact,
    events.occurred_at,
    events.received_at as known_at,
    events.occurred_on,
    events.received_on as known_on,
    clicks.event_id is not null as is_high_value_click,
    events.is_activity
from {{ ref('events') }} as events
left join {{ ref('priced_clicks') }} as clicks
    on events.event_id = clicks.event_id
where
    events.record_id is not null
    and (events.is_human or events.is_bot)
union all
select * from {{ ref('order_acts') }}
