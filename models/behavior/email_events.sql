with events as (
    select * from {{ ref('stg_esp__events') }}
),

deliveries as (
    select
        subscriber_id,
        message_id,
        occurred_at as delivered_at,
        received_at
    from events
    where event_name = 'email_delivered'
),

-- Judged by what had arrived when the open arrived: later news changes no verdict.
hasty as (
    select distinct events.event_id
    from events
    inner join deliveries
        on events.subscriber_id = deliveries.subscriber_id
        and events.message_id = deliveries.message_id
        and events.received_at >= deliveries.received_at
        and events.occurred_at
        between deliveries.delivered_at
        and deliveries.delivered_at + interval {{ var('machine_open_seconds') }} second
    where events.event_name in ('email_opened', 'email_link_clicked')
),

machine_agents as (
    select distinct events.user_agent
    from (select distinct user_agent from events) as events
    inner join {{ ref('machine_agents') }} as patterns
        on lower(events.user_agent) like patterns.agent_pattern
)

select
    events.* exclude (path, load_seq),
    case
        when events.event_name not in ('email_opened', 'email_link_clicked') then null
        when machine_agents.user_agent is not null then 'agent'
        when hasty.event_id is not null then 'seconds after delivery'
    end as machine_reason
from events
left join hasty on events.event_id = hasty.event_id
left join machine_agents on events.user_agent = machine_agents.user_agent
