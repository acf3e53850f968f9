-- One id with different content is a conflict: its versions stay apart, as two events.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source', 'id_hash'],
    meta={'reads': ['web_events', 'esp_events']},
    post_hook='{{ keep_mark() }}'
) }}

{% set mark = standing_mark() if is_incremental() else none %}

with web as (
    {{ versions_of_one_id('web', 'message_id', ['visitor_id', 'user_id'], mark) }}
),

esp as (
    {{ versions_of_one_id('esp', 'source_event_id', ['subscriber_id'], mark) }}
),

unioned as (
    select * from web
    union all
    select * from esp
)

select
    unioned.source,
    unioned.id_hash,
    unioned.source_event_id,
    unioned.event_id,
    case
        when unioned.is_other_user then 'other_user' else 'other_content'
    end as reason,
    unioned.received_at,
    files.path,
    unioned.load_seq
from unioned
inner join {{ ref('landed_files') }} as files on unioned.load_seq = files.load_seq
