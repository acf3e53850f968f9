{{ config(
    enabled=is_read('segment'),
    materialized='incremental',
    incremental_strategy='append',
    meta={'reads': ['segment/tracks']},
    post_hook=['{{ flag_duplicates() }}', '{{ keep_mark() }}']
) }}

{{ segment_calls('tracks', 'track') }}
