-- Counted in the rows that were read, not in the files once more.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_loads',
    post_hook='{{ keep_mark() }}'
) }}

{% set mark = standing_mark() if is_incremental() else 0 %}

with counted as (
    {% for place, columns in stream_columns().items() %}
    select
        load_seq,
        count(*) as row_count,
        {{ columns | list }}::varchar[] as column_names,
        [count({{ columns.values() | join('), count(') }})] as filled_counts
    from {{ ref('base_' ~ place | replace('/', '__')) }}
    where {{ is_unread('load_seq', mark) }} and quarantine_reason is null
    group by load_seq
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    load_seq,
    row_count,
    unnest(column_names) as column_name,
    unnest(filled_counts) as filled_count
from counted
