with agents as (
    select distinct user_agent
    from {{ ref('stg_web__events') }}
    where user_agent is not null
),

bot_agents as (
    select distinct agents.user_agent
    from agents
    inner join {{ ref('bot_agents') }} as patterns
        on lower(agents.user_agent) like patterns.agent_pattern
),

named as (
    select
        events.visitor_id as record_id,
        'agent' as reason,
        min(events.received_at) as known_since_at
    from {{ ref('stg_web__events') }} as events
    inner join bot_agents on events.user_agent = bot_agents.user_agent
    where events.visitor_id is not null
    group by events.visitor_id
),

-- Nobody reads this many pages in a minute: known when one too many has arrived.
minutes as (
    select
        visitor_id as record_id,
        received_at as known_since_at,
        row_number() over (
            partition by visitor_id, date_trunc('minute', occurred_at)
            order by received_at, event_id
        ) as arrival
    from {{ ref('stg_web__events') }}
    where visitor_id is not null
),

unioned as (
    select * from named
    union all
    select
        record_id,
        'rate' as reason,
        min(known_since_at) as known_since_at
    from minutes
    where arrival = {{ var('bot_events_per_minute') }}
    group by record_id
)

select
    record_id,
    min(reason) as reason,
    min(known_since_at) as known_since_at
from unioned
group by record_id
