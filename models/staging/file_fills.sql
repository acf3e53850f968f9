-- Read once more than the rows themselves, and kept by file: what its columns hold does
-- not change any more.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_loads',
    post_hook='{{ keep_mark() }}'
) }}

{% set mark = standing_mark() if is_incremental() else 0 %}

{% for source, entity in entities_with_columns() %}
select
    load_seq,
    count(*) as row_count,
    [{{ counts_of(source, entity) }}] as filled_counts
from ({{ read_landed_rows(source, entity, mark) }}) as landed
group by load_seq
{{ "union all" if not loop.last }}
{% endfor %}
