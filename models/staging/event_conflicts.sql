-- One id with different content is a conflict: its versions stay apart, as two events.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source', 'id_hash'],
    meta={'reads': ['web', 'esp']},
    post_hook='{{ keep_mark() }}'
) }}

{% set mark = standing_mark() if is_incremental() else none %}

with web as (
    {{ versions_of_one_id('web', ['visitor_id', 'user_id'], mark) }}
),

esp as (
    {{ versions_of_one_id('esp', ['subscriber_id'], mark) }}
),

unioned as (
    select * from web
    union all
    select * from esp
)

select
    source,
    id_hash,
    event_id,
    case
        when is_other_user then 'other_user' else 'other_content'
    end as reason,
    received_at,
    path,
    load_seq
from unioned
