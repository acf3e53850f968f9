with events as (
    select
        staged.event_id,
        staged.visitor_id as record_id,
        staged.user_agent,
        staged.received_at,
        date_trunc('minute', staged.occurred_at) as minute_at
    from {{ ref('stg_web__events') }} as staged
    inner join {{ ref('as_of') }} as moments on staged.received_at <= moments.as_of_at
    where staged.visitor_id is not null
),

-- A pattern of no confidence spares the agent, whatever else it says.
agents as (
    select
        known.user_agent,
        max(cast(patterns.confidence as decimal(3, 2))) as confidence
    from (
        select distinct user_agent from events
        where user_agent is not null
    ) as known
    inner join {{ ref('bot_agents') }} as patterns
        on lower(known.user_agent) like patterns.agent_pattern
    group by known.user_agent
    having min(patterns.confidence) > 0
),

-- Nobody reads this many pages in a minute. Few minutes are that full.
full_minutes as (
    select
        record_id,
        minute_at
    from events
    group by record_id, minute_at
    having count(*) >= {{ var('bot_events_per_minute') }}
),

arrivals as (
    select
        events.record_id,
        events.received_at,
        row_number() over (
            partition by events.record_id, events.minute_at
            order by events.received_at, events.event_id
        ) as arrival
    from events
    inner join full_minutes
        on
            events.record_id = full_minutes.record_id
            and events.minute_at = full_minutes.minute_at
),

-- Each sign with the moment at which it was known; later news adds signs, or brings one
-- forward.
signs as (
    select
        events.record_id,
        'agent' as reason,
        agents.confidence,
        min(events.received_at) as known_since_at
    from events
    inner join agents on events.user_agent = agents.user_agent
    group by events.record_id, agents.confidence
    union all
    select
        record_id,
        'rate' as reason,
        0.90 as confidence,
        min(received_at) as known_since_at
    from arrivals
    where arrival = {{ var('bot_events_per_minute') }}
    group by record_id
),

ranked as (
    select
        *,
        min(known_since_at) over (partition by record_id) as first_known_at,
        row_number() over (
            partition by record_id order by confidence desc, reason asc
        ) as place
    from signs
    where confidence >= {{ var('least_bot_confidence', 0.5) }}
)

select
    record_id,
    reason,
    confidence,
    first_known_at as known_since_at
from ranked
where place = 1
