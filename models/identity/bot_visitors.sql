{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='record_id',
    meta={'reads': ['web_events']},
    post_hook='{{ keep_mark() }}'
) }}
{% set mark = standing_mark() if is_incremental() else none %}

-- Read once for what is new and once for its neighbours: to keep the whole history
-- between would cost more than both.
with events as not materialized (
    select
        staged.event_id,
        staged.visitor_id as record_id,
        staged.user_agent,
        staged.occurred_at,
        staged.received_at,
        date_trunc('minute', staged.occurred_at) as minute_at,
        staged.load_seq
    from {{ ref('web_events') }} as staged
    inner join {{ ref('as_of') }} as moments on staged.received_at <= moments.as_of_at
    where staged.visitor_id is not null
),

{% if mark is not none -%}
{% set fresh_span = span_above(ref('web_events'), mark) %}
fresh as (
    select * from events
    where load_seq > {{ mark }}
),

-- A fresh event can fill up its own minute alone.
in_fresh_minutes as (
    select events.*
    from events
    inner join (select distinct record_id, minute_at from fresh) as minutes
        on
            events.record_id = minutes.record_id
            and events.minute_at = minutes.minute_at
    where
        events.occurred_at >= {{ fresh_span.first }} - interval 1 minute
        and events.occurred_at <= {{ fresh_span.last }} + interval 1 minute
),
{%- else -%}
fresh as (
    select * from events
),

in_fresh_minutes as (
    select * from events
),
{%- endif %}

-- A pattern of no confidence spares the agent, whatever else it says.
agents as (
    select
        known.user_agent,
        max(cast(patterns.confidence as decimal(3, 2))) as confidence
    from (
        select distinct user_agent from fresh
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
    from in_fresh_minutes
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
    from in_fresh_minutes as events
    inner join full_minutes
        on
            events.record_id = full_minutes.record_id
            and events.minute_at = full_minutes.minute_at
),

-- Each sign with the moment at which it was known. Later news adds signs, or brings one
-- forward, and takes none away.
signs as (
    select
        fresh.record_id,
        'agent' as reason,
        agents.confidence,
        min(fresh.received_at) as known_since_at
    from fresh
    inner join agents on fresh.user_agent = agents.user_agent
    group by fresh.record_id, agents.confidence
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

all_signs as (
    select * from signs
    {% if mark is not none -%}
    union all by name
    select * from {{ this }}
    where record_id in (select signs.record_id from signs)
    {%- endif %}
),

ranked as (
    select
        *,
        min(known_since_at) over (partition by record_id) as first_known_at,
        row_number() over (
            partition by record_id order by confidence desc, reason asc
        ) as place
    from all_signs
    where confidence >= {{ var('least_bot_confidence') }}
)

select
    record_id,
    reason,
    confidence,
    first_known_at as known_since_at
from ranked
where place = 1
