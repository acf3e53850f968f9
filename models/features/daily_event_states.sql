{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    meta={'reads': ['web_events', 'esp_events']},
    post_hook='{{ keep_mark() }}'
) }}
-- Days are told anew by the day on which things became known: what is new is known
-- today, however long ago it happened.
{% set days = touched_days(standing_mark()) if is_incremental() else none %}

with facts as (
    select
        record_id,
        event_name as fact,
        is_activity,
        occurred_at,
        occurred_on,
        received_on as known_on
    from {{ ref('events') }}
    where
        record_id is not null
        and (is_human or is_bot)
        and {{ became_known('received_on', 'received_at', days) }}
)

select
    record_id,
    occurred_on,
    known_on,
    min(occurred_at) as first_seen_at,
    {{ event_states() }}
from facts
group by record_id, occurred_on, known_on
