{{ config(
    enabled=is_read('segment'),
    materialized='incremental',
    incremental_strategy='append',
    meta={'reads': ['segment/screens']},
    post_hook=['{{ flag_duplicates() }}', '{{ keep_mark() }}']
) }}

{{ segment_calls('screens', 'screen') }}
