{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='message_key',
    meta={'reads': ['esp_events']},
    post_hook='{{ keep_mark() }}'
) }}
{% set hasty_seconds = var('machine_open_seconds') %}
{% set scan_seconds = var('scanner_seconds') %}
{% set mark = standing_mark() if is_incremental() else none %}

with fresh as (
    select
        staged.event_id,
        staged.subscriber_id,
        coalesce(staged.message_id, cast(staged.event_id as varchar)) as message_id,
        cast(md5(staged.subscriber_id || '|' || coalesce(
            staged.message_id, cast(staged.event_id as varchar)
        )) as uuid) as message_key,
        staged.campaign_id,
        staged.event_name,
        staged.occurred_at,
        staged.received_at,
        staged.product_id,
        staged.link_url,
        staged.dwell_seconds,
        staged.user_agent,
        staged.load_seq
    from {{ ref('esp_events') }} as staged
    inner join {{ ref('as_of') }} as moments on staged.received_at <= moments.as_of_at
    {% if mark is not none -%}
    where staged.load_seq > {{ mark }}
    {%- endif %}
),

-- A verdict rests on its message alone: the messages of fresh events are judged anew.
-- Of the past, only the narrow column of their keys is looked at.
events as (
    select * from fresh
    {% if mark is not none -%}
    union all by name
    select standing.* exclude (machine_confidence, machine_reason)
    from {{ this }} as standing
    where
        standing.rowid in (
            select known.rowid from {{ this }} as known
            where known.message_key in (select fresh.message_key from fresh)
        )
        and standing.event_id not in (select fresh.event_id from fresh)
    {%- endif %}
),

-- What a person does, or a machine instead.
acts as (
    select * from events
    where event_name in ('email_opened', 'email_link_clicked')
),

agents as (
    select
        seen.user_agent,
        max(cast(patterns.confidence as decimal(3, 2))) as confidence
    from (select distinct user_agent from acts) as seen
    inner join {{ ref('machine_agents') }} as patterns
        on lower(seen.user_agent) like patterns.agent_pattern
    group by seen.user_agent
),

-- Judged by what of the message had arrived when the act arrived: later news changes no
-- verdict.
hasty as (
    select distinct acts.event_id
    from acts
    inner join events as deliveries
        on
            acts.message_key = deliveries.message_key
            and acts.received_at >= deliveries.received_at
            and acts.occurred_at between deliveries.occurred_at
            and deliveries.occurred_at + interval {{ hasty_seconds }} second
    where deliveries.event_name = 'email_delivered'
),

clicked_often as (
    select message_key
    from acts
    where event_name = 'email_link_clicked'
    group by message_key
    having count(link_url) >= {{ var('scanner_links') }}
),

-- A scanner follows every link at once.
scanned as (
    select acts.event_id
    from acts
    inner join clicked_often on acts.message_key = clicked_often.message_key
    inner join events as clicks
        on
            acts.message_key = clicks.message_key
            and acts.received_at >= clicks.received_at
            and clicks.occurred_at
            between acts.occurred_at - interval {{ scan_seconds }} second
            and acts.occurred_at + interval {{ scan_seconds }} second
    where
        acts.event_name = 'email_link_clicked'
        and clicks.event_name = 'email_link_clicked'
    group by acts.event_id
    having count(distinct clicks.link_url) >= {{ var('scanner_links') }}
),

weighed as (
    select
        acts.event_id,
        coalesce(agents.confidence, 0) as agent_confidence,
        case when scanned.event_id is not null then 0.95 else 0 end as scan_confidence,
        case when hasty.event_id is not null then 0.90 else 0 end as hasty_confidence
    from acts
    left join agents on acts.user_agent = agents.user_agent
    left join scanned on acts.event_id = scanned.event_id
    left join hasty on acts.event_id = hasty.event_id
),

judged as (
    select
        event_id,
        cast(
            greatest(agent_confidence, scan_confidence, hasty_confidence)
            as decimal(3, 2)
        ) as machine_confidence,
        case greatest(agent_confidence, scan_confidence, hasty_confidence)
            when agent_confidence then 'agent'
            when scan_confidence then 'many links at once'
            when hasty_confidence then 'seconds after delivery'
        end as strongest_reason
    from weighed
)

select
    events.*,
    judged.machine_confidence,
    case
        when judged.machine_confidence >= {{ var('least_machine_confidence') }}
            then judged.strongest_reason
    end as machine_reason
from events
left join judged on events.event_id = judged.event_id
