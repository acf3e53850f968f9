with events as (
    select staged.*
    from {{ ref('stg_esp__events') }} as staged
    inner join {{ ref('as_of') }} as moments on staged.received_at <= moments.as_of_at
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
        on
            events.subscriber_id = deliveries.subscriber_id
            and events.message_id = deliveries.message_id
            and events.received_at >= deliveries.received_at
            and events.occurred_at
            between deliveries.delivered_at
            and deliveries.delivered_at
            + interval {{ var('machine_open_seconds') }} second
    where events.event_name in ('email_opened', 'email_link_clicked')
),

agents as (
    select distinct user_agent from events
),

machine_agents as (
    select distinct agents.user_agent
    from agents
    inner join {{ ref('machine_agents') }} as patterns
        on lower(agents.user_agent) like patterns.agent_pattern
)

select
    events.event_id,
    events.subscriber_id,
    events.message_id,
    events.campaign_id,
    events.event_name,
    events.occurred_at,
    events.received_at,
    events.product_id,
    events.link_url,
    events.dwell_seconds,
    case
        when events.event_name not in ('email_opened', 'email_link_clicked') then null
        when machine_agents.user_agent is not null then 'agent'
        when hasty.event_id is not null then 'seconds after delivery'
    end as machine_reason
from events
left join hasty on events.event_id = hasty.event_id
left join machine_agents on events.user_agent = machine_agents.user_agent
